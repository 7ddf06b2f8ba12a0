package dev.espalier.client;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `espalier demo`: starts the distribution's server on the example models, shows the answer of a
/// model with a custom op, and stops the server again.
///
/// @param home the folder of the distribution
record DemoCommand(Path home, PrintStream out) {
    private static final String MODEL = "zero_out";
    private static final String INPUT = "[[1,2,3]]";
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 40;

    void run(Arguments arguments) throws ClientException {
        StatusCommand.refuseOperands(arguments);
        Path command = home.resolve("bin/trtserver");
        Path models = home.resolve("share/examples/models");
        if (!Files.isExecutable(command) || !Files.isDirectory(models)) {
            throw new ClientException(
                    "no server at "
                            + command
                            + " with models at "
                            + models
                            + " (expected: to be run by the distribution's bin/espalier)");
        }
        List<Integer> ports = freePorts();
        List<String> line =
                List.of(
                        command.toString(),
                        "--model-repository=" + models,
                        "--http-address=127.0.0.1",
                        "--grpc-address=127.0.0.1",
                        "--http-port=" + ports.get(0),
                        "--grpc-port=" + ports.get(1),
                        "--metrics-port=" + ports.get(2));
        out.println("$ trtserver " + String.join(" ", line.subList(1, line.size())));
        out.flush();
        Process process = start(line);
        Thread stop = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            ask(process, "http://127.0.0.1:" + ports.get(0));
        } finally {
            process.destroy();
            awaitEnd(process);
        }
        out.println(
                "\nThe server has stopped. To keep one running: trtserver --model-repository="
                        + models);
    }

    private void ask(Process process, String url) throws ClientException {
        Server server = new Server(url, "");
        awaitModel(process, server);
        out.println("\n$ espalier infer " + MODEL + " --input '" + INPUT + "'");
        String[] arguments = {"infer", MODEL, "--input", INPUT, "--url", url};
        new InferCommand(server, out).run(Arguments.parse(arguments, Map.of()));
        out.flush();
    }

    private static Process start(List<String> line) throws ClientException {
        try {
            return new ProcessBuilder(line).inheritIO().start();
        } catch (IOException e) {
            throw new ClientException("the server cannot be started: " + e.getMessage());
        }
    }

    private static void awaitModel(Process process, Server server) throws ClientException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        String last = "no answer yet";
        while (System.nanoTime() < deadline) {
            if (hasEnded(process, 50)) {
                throw new ClientException(
                        "the server ended with status " + process.exitValue() + "; see above");
            }
            try {
                Server.Answer answer = server.get(Server.modelPath(MODEL, "") + "/ready");
                if (answer.status() == 200) {
                    return;
                }
                last = "status " + answer.status();
            } catch (ClientException e) {
                last = e.line();
            }
        }
        throw new ClientException(
                "model '%s' was not ready after %d s: %s".formatted(MODEL, START_SECONDS, last));
    }

    private static void awaitEnd(Process process) {
        if (!hasEnded(process, TimeUnit.SECONDS.toMillis(STOP_SECONDS))) {
            process.destroyForcibly();
        }
    }

    private static boolean hasEnded(Process process, long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Three ports that were free a moment ago, so that a server on the usual ones is not disturbed.
    private static List<Integer> freePorts() throws ClientException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new ClientException("no free port: " + e.getMessage());
        }
        return ports;
    }
}
