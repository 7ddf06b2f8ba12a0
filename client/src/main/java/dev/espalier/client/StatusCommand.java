package dev.espalier.client;

import java.io.PrintStream;

/// `espalier status`: whether the server is up and ready, and how many models are.
record StatusCommand(Server server, PrintStream out) {
    void run(Arguments arguments) throws ClientException {
        refuseOperands(arguments);
        Json metadata = server.getJson("/v2");
        boolean ready = server.get("/v2/health/ready").status() == 200;
        long all = 0;
        long serving = 0;
        for (Json model : server.postJson("/v2/repository/index", "{}").list()) {
            all++;
            serving += model.field("state").plain().equals("READY") ? 1 : 0;
        }
        out.println(
                "%s %s at %s: %s, %d of %d model versions ready"
                        .formatted(
                                metadata.field("name").plain(),
                                metadata.field("version").plain(),
                                server.url(),
                                ready ? "READY" : "NOT READY",
                                serving,
                                all));
        if (!ready) {
            throw new ClientException("the server is not ready; espalier models says why");
        }
    }

    static void refuseOperands(Arguments arguments) throws ClientException {
        if (!arguments.operands().isEmpty()) {
            throw new ClientException(
                    arguments.command() + " takes no operands, got " + arguments.operands());
        }
    }
}
