package dev.espalier.chaos;

import java.io.IOException;
import java.util.Optional;

/// What the server says of its workers.
record Workers(HttpProtocol server) {
    /// The worker of one op set.
    ///
    /// @param pid 0 where none runs
    /// @param deaths how many have died in its place
    record Status(String state, long pid, long standbyPid, long deaths) {}

    /// Waits until a worker with a model runs.
    ///
    /// @return its process
    /// @throws IOException when there is none
    long awaitPid(String model) throws IOException {
        Deadline deadline = new Deadline(Trial.PATIENCE_SECONDS);
        while (!deadline.isOver()) {
            for (Json worker : server.get("/v2/espalier/workers").at("workers").list()) {
                long pid = worker.at("pid").number().longValue();
                if (pid > 0
                        && worker.at("models").list().stream()
                                .map(Json::text)
                                .anyMatch(model::equals)) {
                    return pid;
                }
            }
            Pause.millis(5);
        }
        throw new IOException("no worker with " + model + " runs");
    }

    Status of(Model.OpSet opSet) throws IOException {
        for (Json worker : server.get("/v2/espalier/workers").at("workers").list()) {
            Optional<Model> hosted =
                    worker.at("models").list().stream()
                            .map(Json::text)
                            .flatMap(Model::labelled)
                            .findAny();
            if (hosted.isPresent() && hosted.get().opSet() == opSet) {
                return new Status(
                        worker.at("state").text(),
                        worker.at("pid").number().longValue(),
                        worker.at("standby_pid").number().longValue(),
                        worker.at("deaths").number().longValue());
            }
        }
        throw new IOException("the server lists no worker of " + opSet);
    }
}
