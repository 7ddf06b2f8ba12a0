package dev.espalier.client;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// `espalier workers`: the processes that models run in, what they are kept from, and how the latest of
/// them died.
record WorkersCommand(Server server, PrintStream out) {
    private static final long BYTES_PER_MB = 1 << 20;

    void run(Arguments arguments) throws ClientException {
        if (!arguments.operands().isEmpty()) {
            throw new ClientException(
                    "workers: " + arguments.operands() + " (expected: nothing more)");
        }
        List<Json> workers = server.getJson("/v2/espalier/workers").field("workers").list();
        Table table = new Table("WORKER", "ENGINE", "STATE", "PID", "MB", "DIED", "MODELS");
        for (Json worker : workers) {
            table.row(
                    worker.field("name").plain(),
                    // What the engine itself says.
                    (worker.field("engine").plain() + " " + worker.field("engine_version").plain())
                            .strip(),
                    worker.field("state").plain(),
                    worker.field("pid").plain(),
                    Long.toString(
                            Long.parseLong(worker.field("memory_bytes").plain()) / BYTES_PER_MB),
                    worker.field("deaths").plain(),
                    worker.field("models").list().stream()
                            .map(Json::plain)
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
        out.print(table);
        for (Json worker : workers) {
            String confinement = worker.field("confinement").plain();
            if (!confinement.isEmpty()) {
                out.println("\n" + worker.field("name").plain() + ": " + confinement);
            }
            for (Json death : worker.field("last_deaths").list()) {
                out.println("  " + death.field("at").plain() + "  " + death.field("text").plain());
                String record = death.field("record").plain();
                if (!record.isEmpty()) {
                    out.println("    " + record);
                }
            }
        }
    }
}
