package dev.espalier.client;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `espalier ops list`: the op libraries that models in service use. (`ops check` and `ops explain` need no
/// server; the launcher hands them to the server's program.)
record OpsCommand(Server server, PrintStream out) {
    private static final int SHORT_HASH = 8;

    void run(Arguments arguments) throws ClientException {
        if (!arguments.operands().equals(List.of("list"))) {
            throw new ClientException(
                    "ops: "
                            + arguments.operands()
                            + " (expected: list; or, by the distribution's espalier, check or"
                            + " explain)");
        }
        List<Json> libraries = server.getJson("/v2/espalier/ops").field("libraries").list();
        if (libraries.isEmpty()) {
            out.println("no op libraries in use");
            return;
        }
        Table table = new Table("LIBRARY", "HASH", "ENGINE", "MODELS", "WORKERS", "FROM");
        for (Json library : libraries) {
            String hash = library.field("sha256").plain();
            table.row(
                    library.field("name").plain(),
                    hash.substring(0, Math.min(SHORT_HASH, hash.length())),
                    library.field("engine").plain(),
                    joined(library.field("models"), OpsCommand::model),
                    joined(library.field("workers"), OpsCommand::worker),
                    joined(library.field("places"), Json::plain));
        }
        out.print(table);
    }

    private static String model(Json model) {
        return model.field("name").plain() + ":" + model.field("version").plain();
    }

    private static String worker(Json worker) {
        String deaths = worker.field("deaths").plain();
        return "pid "
                + worker.field("pid").plain()
                + (deaths.isEmpty() || deaths.equals("0") ? "" : " (" + deaths + " died)");
    }

    private static String joined(Json items, Function<Json, String> text) {
        return items.list().stream().map(text).collect(Collectors.joining(", "));
    }
}
