package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.abacus.Abacus;
import dev.espalier.abacus.AbacusWorker;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.engines.Engines;
import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.logging.LogSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// An engine is a folder on either side of the link and a line in two lists: here both come from outside, and a
/// server with a worker of its own serves what it never heard of.
@Timeout(120)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
final class AddedEngineTest {
    private static final Path LIBRARY =
            Path.of(System.getProperty("espalier.root"), "tests/ops/x86-64/libplain.so");
    private static final Logger LOG = Logger.getLogger(Server.class.getName());

    private final HttpClient client = HttpClient.newHttpClient();
    private final Announcements announcements = new Announcements();
    @TempDir private Path folder;

    /// Learns where the server listens from what it logs.
    private static final class Announcements extends Handler {
        private volatile String address = "";

        @Override
        public void publish(LogRecord record) {
            String text = new SimpleFormatter().formatMessage(record);
            if (text.startsWith("Started HTTP service at ")) {
                address = text.substring("Started HTTP service at ".length());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() throws IOException {
        LOG.addHandler(announcements);
        Path pack = Files.createDirectories(folder.resolve("home/engines/abacus-1.0"));
        Files.writeString(pack.resolve("abacus.txt"), "1.0\n");
        Files.writeString(
                pack.resolve("engine.properties"),
                """
                engine=abacus
                version=1.0
                library=abacus.txt
                worker.classpath=%s
                worker.main=%s
                probe.main=%s
                """
                        .formatted(
                                System.getProperty("java.class.path"),
                                AbacusWorker.class.getName(),
                                AbacusWorker.Probe.class.getName()));
    }

    @AfterEach
    void listenNoMore() {
        LOG.removeHandler(announcements);
    }

    private Path model(String name, String text) throws IOException {
        Path version = Files.createDirectories(folder.resolve("models").resolve(name).resolve("1"));
        Files.writeString(version.resolve("model.abacus"), text);
        return version;
    }

    private Server server(String... further) throws IOException {
        List<ServerEngine> engines = new ArrayList<>(EngineList.ALL.all());
        engines.add(Abacus.ENGINE);
        Engines all = new Engines(engines);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--model-repository=" + folder.resolve("models"),
                                "--state-directory=" + folder.resolve("state"),
                                "--http-address=127.0.0.1",
                                "--http-port=0",
                                "--allow-grpc=false",
                                "--allow-metrics=false",
                                "--exit-on-error=false"));
        arguments.addAll(List.of(further));
        return switch (CommandLine.parse(
                arguments.toArray(String[]::new),
                Map.of("HOME", folder.toString(), "ESPALIER_HOME", folder + "/home"),
                all.known())) {
            case CommandLine.Run(ServerOptions options) ->
                    new Server(
                            options,
                            all,
                            new FixedLog(options.logging()),
                            new InternalErrors(() -> {}));
            case CommandLine.Refused(String message) -> throw new AssertionError(message);
            case CommandLine.ShowHelp _ -> throw new AssertionError("help");
        };
    }

    /// The log of a test's process, which no client changes.
    private record FixedLog(LoggingOptions options) implements LogSettings {
        @Override
        public LoggingOptions change(UnaryOperator<LoggingOptions> change) {
            return options;
        }
    }

    private String ask(String path, String body) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + announcements.address + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private String infer(String model) throws IOException, InterruptedException {
        return ask(
                "/v2/models/" + model + "/infer",
                "{\"inputs\":[{\"name\":\"X\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1,2]}]}");
    }

    @Test
    void isServedWithItsOpLibraries() throws Exception {
        Path own = Files.createDirectory(model("own", "abacus needs plain_answer").resolve("ops"));
        Files.copy(LIBRARY, own.resolve("libown.so"));
        Files.writeString(
                model("none", "abacus needs nothing").getParent().resolve("config.pbtxt"),
                "backend: \"abacus\"");
        model("other", "abacus needs other_answer");
        model("broken", "needs nothing");
        try (Server server = server()) {
            assertThat(server.start()).isTrue();

            int answer = 42;
            assertThat(infer("own"))
                    .contains("\"data\":[%d.0,%d.0]".formatted(10 * answer, 20 * answer));
            assertThat(infer("none")).contains("\"data\":[10.0,20.0]");
            assertThat(ask("/v2/repository/index", ""))
                    .contains("op other_answer is provided by no op library")
                    .contains("is not a whole frame: it says 'needs nothing'");
        }
    }

    @Test
    void takesTheLibrariesOfItsSettingWhereNeedsCannotBeRead() throws Exception {
        model("unread", "abacus needs ?");
        try (Server server = server("--backend-config=abacus,rods=" + LIBRARY)) {
            assertThat(server.start()).isTrue();

            assertThat(infer("unread")).contains("\"data\":[420.0,840.0]");
        }
    }

    @Test
    void isRefusedWhereOneAnswerIsAllAndItHasMany() throws Exception {
        String counts =
                "backend: \"abacus\" parameters { key: \"counts\" value { string_value: \"\" } }";
        Files.writeString(
                model("many", "abacus needs nothing").getParent().resolve("config.pbtxt"),
                counts + " model_transaction_policy { decoupled: true }");
        Files.writeString(
                model("one", "abacus needs nothing").getParent().resolve("config.pbtxt"), counts);
        try (Server server = server()) {
            assertThat(server.start()).isTrue();

            assertThat(infer("many"))
                    .contains(
                            "HTTP end point doesn't support models with decoupled transaction policy");
            assertThat(infer("one"))
                    .contains("model 'one' has more than one answer to a request (expected: one; ");
        }
    }
}
