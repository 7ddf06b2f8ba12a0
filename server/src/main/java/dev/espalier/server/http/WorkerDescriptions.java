package dev.espalier.server.http;

import dev.espalier.server.health.WorkerStatus;
import java.util.List;

/// The JSON in which workers are described.
final class WorkerDescriptions {
    private WorkerDescriptions() {}

    static JsonBuffer of(List<WorkerStatus> workers) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"workers\":[");
        boolean first = true;
        for (WorkerStatus worker : workers) {
            json.raw(first ? "" : ",");
            first = false;
            worker(json, worker);
        }
        return json.raw("]}");
    }

    private static void worker(JsonBuffer json, WorkerStatus worker) {
        json.raw("{\"name\":").string(worker.name());
        json.raw(",\"engine\":").string(worker.engine());
        json.raw(",\"engine_version\":").string(worker.engineVersion());
        json.raw(",\"state\":").string(worker.state());
        json.raw(",\"pid\":").number(worker.pid());
        json.raw(",\"standby_pid\":").number(worker.standbyPid());
        json.raw(",\"confinement\":").string(worker.confinement());
        json.raw(",\"memory_bytes\":").number(worker.memoryBytes());
        json.raw(",\"models\":[");
        boolean first = true;
        for (String model : worker.models()) {
            json.raw(first ? "" : ",").string(model);
            first = false;
        }
        json.raw("],\"deaths\":").number(worker.deaths());
        json.raw(",\"last_deaths\":[");
        first = true;
        for (WorkerStatus.DeathStatus death : worker.lastDeaths()) {
            json.raw(first ? "" : ",");
            first = false;
            json.raw("{\"at\":").string(death.at().toString());
            json.raw(",\"text\":").string(death.text());
            json.raw(",\"record\":").string(death.record()).raw('}');
        }
        json.raw("]}");
    }
}
