package dev.espalier.client;

import java.io.PrintStream;

/// `espalier models`: the server's models with their state, the reason where one is not ready, and what of their
/// configurations has no effect.
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
        printNotes();
    }

    /// Other servers of the protocol have none.
    private void printNotes() throws ClientException {
        Server.Answer answer = server.get("/v2/espalier/models");
        if (answer.status() != 200) {
            return;
        }
        for (Json model : Json.parse(answer.text()).field("models").list()) {
            for (Json note : model.field("notes").list()) {
                out.println("note: %s: %s".formatted(model.field("name").plain(), note.plain()));
            }
        }
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
