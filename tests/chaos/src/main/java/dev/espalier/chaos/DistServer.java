package dev.espalier.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The distribution's server as a process of its own, on free ports, with its log in a file.
final class DistServer implements AutoCloseable {
    private static final int START_SECONDS = 120;
    private static final int END_SECONDS = 60;

    private final Process process;
    private final Path work;
    private final int httpPort;
    private final int grpcPort;

    private DistServer(Process process, Path work) throws IOException {
        this.process = process;
        this.work = work;
        awaitLogged(Pattern.compile("The start is complete"));
        this.httpPort = port("HTTP service");
        this.grpcPort = port("GRPCInferenceService");
    }

    /// Starts the server and waits until it serves.
    ///
    /// @param dist the distribution's folder
    /// @param work where its models lie, and where its state, its temporary files and its log go
    static DistServer start(Path dist, Path work, Scenario scenario) throws IOException {
        List<String> command = new ArrayList<>(scenario.prefix());
        command.add(dist.resolve("bin/trtserver").toString());
        command.add("--model-repository=" + work.resolve("models"));
        command.add("--state-directory=" + work.resolve("state"));
        for (String service : List.of("http", "grpc", "metrics")) {
            command.add("--" + service + "-address=127.0.0.1");
            command.add("--" + service + "-port=0");
        }
        command.addAll(scenario.flags());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Path temporary = Files.createDirectories(work.resolve("tmp"));
        builder.environment().put("ESPALIER_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        Process process = builder.redirectOutput(work.resolve("server.log").toFile()).start();
        process.getOutputStream().close();
        try {
            return new DistServer(process, work);
        } catch (IOException failure) {
            process.destroyForcibly();
            throw failure;
        }
    }

    private int port(String service) throws IOException {
        return Integer.parseInt(
                awaitLogged(Pattern.compile("Started " + service + " at \\S+:(\\d+)")).group(1));
    }

    private MatchResult awaitLogged(Pattern line) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            Matcher logged = line.matcher(Files.readString(log()));
            if (logged.find()) {
                return logged.toMatchResult();
            }
            Pause.millis(50);
        }
        throw new IOException("the server has not logged '%s'; see %s".formatted(line, log()));
    }

    int httpPort() {
        return httpPort;
    }

    int grpcPort() {
        return grpcPort;
    }

    /// The sum of a metric's values.
    double metric(String name) throws IOException {
        URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(port("metrics service")));
        try (InputStream text = metrics.toURL().openStream()) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Path log() {
        return work.resolve("server.log");
    }

    Path state() {
        return work.resolve("state");
    }

    /// Where it puts temporary files.
    Path temporary() {
        return work.resolve("tmp");
    }

    /// All processes below it.
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /// Ends it like an operator.
    ///
    /// @throws IOException when it does not go
    void stop() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        "the server has not ended %d s after SIGTERM".formatted(END_SECONDS));
            }
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IOException(failure);
        }
    }

    /// Ends it, whatever it does.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
