package dev.espalier.server.http;

import dev.espalier.server.repository.OpLibraryRefusal;
import dev.espalier.server.repository.OpLibraryReport;
import dev.espalier.server.repository.OpLibraryUse;
import java.util.List;
import java.util.function.Consumer;

/// The JSON in which op libraries are described.
final class OpDescriptions {
    private final JsonBuffer json = new JsonBuffer();

    private OpDescriptions() {}

    static JsonBuffer of(OpLibraryReport report) {
        OpDescriptions described = new OpDescriptions();
        described.json.raw("{\"libraries\":");
        described.list(report.libraries(), described::library);
        described.json.raw(",\"refused\":");
        described.list(report.refused(), described::refusal);
        return described.json.raw('}');
    }

    private <T> void list(List<T> items, Consumer<T> item) {
        json.raw('[');
        for (int i = 0; i < items.size(); i++) {
            json.raw(i == 0 ? "" : ",");
            item.accept(items.get(i));
        }
        json.raw(']');
    }

    private void library(OpLibraryUse library) {
        json.raw("{\"name\":").string(library.name());
        json.raw(",\"sha256\":").string(library.sha256());
        json.raw(",\"engine\":").string(library.engine());
        json.raw(",\"ops\":");
        list(library.ops(), json::string);
        json.raw(",\"places\":");
        list(library.places(), json::string);
        json.raw(",\"models\":");
        list(library.models(), this::model);
        json.raw(",\"workers\":");
        list(library.workers(), this::worker);
        json.raw(",\"shadows\":");
        list(library.shadows(), this::shadow);
        json.raw(",\"load_us\":").number(library.loadMicros()).raw('}');
    }

    private void model(OpLibraryUse.Model model) {
        json.raw("{\"name\":").string(model.name());
        json.raw(",\"version\":").string(model.version()).raw('}');
    }

    private void worker(OpLibraryUse.Worker worker) {
        json.raw("{\"name\":").string(worker.name());
        json.raw(",\"pid\":").number(worker.pid());
        json.raw(",\"deaths\":").number(worker.deaths()).raw('}');
    }

    private void shadow(OpLibraryUse.Shadow shadow) {
        json.raw("{\"op\":").string(shadow.op());
        json.raw(",\"library\":").string(shadow.library());
        json.raw(",\"place\":").string(shadow.place()).raw('}');
    }

    private void refusal(OpLibraryRefusal refusal) {
        json.raw("{\"name\":").string(refusal.name());
        json.raw(",\"place\":").string(refusal.place());
        json.raw(",\"reason\":").string(refusal.reason()).raw('}');
    }
}
