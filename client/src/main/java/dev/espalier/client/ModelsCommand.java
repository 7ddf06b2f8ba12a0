package dev.espalier.client;

import java.io.PrintStream;

/// `espalier models`: the server's models with their state, and the reason where one is not ready.
record ModelsCommand(Server server, PrintStream out) {
    void run(Arguments arguments) throws ClientException {
        StatusCommand.refuseOperands(arguments);
        Json index = server.postJson("/v2/repository/index", "{}");
        if (index.list().isEmpty()) {
            out.println("no models: the server's repository is empty");
            return;
        }
        Table table = new Table("MODEL", "VERSION", "STATE", "REASON");
        for (Json model : index.list()) {
            table.row(
                    model.field("name").plain(),
                    orDash(model.field("version").plain()),
                    orDash(model.field("state").plain()),
                    model.field("reason").plain().replaceAll("\\s*\\R\\s*", " ").strip());
        }
        out.print(table);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
