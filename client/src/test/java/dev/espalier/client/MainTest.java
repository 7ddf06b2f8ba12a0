package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.client.FakeServer.Printed;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class MainTest {
    private final FakeServer server = new FakeServer();

    MainTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void listsModels() {
        server.reply(
                "/v2/repository/index",
                """
                [{"name":"zero_out","version":"1","state":"READY"},
                 {"name":"b","version":"2","state":"UNAVAILABLE","reason":"no op 'Zero'\\n in x"},
                 {"name":"never"}]
                """);

        assertThat(server.run("models").out())
                .isEqualTo(
                        """
                        MODEL     VERSION  STATE        REASON
                        zero_out  1        READY
                        b         2        UNAVAILABLE  no op 'Zero' in x
                        never     -        -
                        """);
        assertThat(server.reply("/v2/repository/index", "[]").run("models").out())
                .startsWith("no models");
    }

    @Test
    void listsWorkersAndHowTheyDied() {
        server.reply(
                "/v2/espalier/workers",
                """
                {"workers":[{"name":"w [libzero.so]","engine":"tensorflow","engine_version":"2.16.2","state":"serving","pid":42,"standby_pid":0,
                 "confinement":"no TCP","memory_bytes":2097152,"models":["m","m","n"],"deaths":1,
                 "last_deaths":[{"at":"2026-01-02T03:04:05Z","text":"exited with 3","record":"/s/d.txt"}]}]}
                """);

        assertThat(server.run("workers").out())
                .contains("w [libzero.so]", "tensorflow 2.16.2", "serving", "m, n")
                .endsWith(
                        """

                        w [libzero.so]: no TCP
                          2026-01-02T03:04:05Z  exited with 3
                            /s/d.txt
                        """);
    }

    @Test
    void listsOpLibraries() {
        server.reply(
                "/v2/espalier/ops",
                """
                {"libraries":[{"name":"libzero.so","sha256":"0123456789abcdef","engine":"onnxruntime",
                 "places":["/r/m/ops/libzero.so"],
                 "models":[{"name":"m","version":"1"},{"name":"n","version":"3"}],
                 "workers":[{"name":"w","pid":42,"deaths":1}],"load_us":1000}]}
                """);

        assertThat(server.run("ops", "list").out())
                .isEqualTo(
                        """
                        LIBRARY     HASH      ENGINE       MODELS    WORKERS          FROM
                        libzero.so  01234567  onnxruntime  m:1, n:3  pid 42 (1 died)  /r/m/ops/libzero.so
                        """);
        assertThat(server.reply("/v2/espalier/ops", "{\"libraries\":[]}").run("ops", "list").out())
                .isEqualTo("no op libraries in use\n");
        assertThat(server.run("ops", "lst").err()).contains("[lst] (expected: list;");
    }

    @Test
    void tellsTheStatus() {
        server.reply("/v2", "{\"name\":\"triton\",\"version\":\"0.1.0\",\"extensions\":[]}")
                .reply("/v2/health/ready", "")
                .reply(
                        "/v2/repository/index",
                        "[{\"name\":\"a\",\"state\":\"READY\"},{\"name\":\"b\"}]");

        Printed printed = server.run("status");

        assertThat(printed.out())
                .isEqualTo(
                        "triton 0.1.0 at "
                                + server.url()
                                + ": READY, 1 of 2 model versions ready\n");
        assertThat(printed.status()).isZero();
    }

    @Test
    void endsWithAnErrorWhereTheServerIsNotReady() {
        server.reply("/v2", "{\"name\":\"triton\"}")
                .reply("/v2/health/ready", 400, "")
                .reply("/v2/repository/index", "[]");

        Printed printed = server.run("status");

        assertThat(printed.out()).contains("NOT READY, 0 of 0");
        assertThat(printed.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"models", "status", "infer zero_out --input=1"})
    void saysHowToStartAServerWhereNoneRuns(String line) {
        String url = server.url();
        server.close();

        Printed printed = FakeServer.run(Map.of("ESPALIER_URL", url), line.split(" ", -1));

        assertThat(printed.err())
                .startsWith("espalier: no server answers at " + url + " (")
                .contains("trtserver --model-repository=<folder>")
                .hasLineCount(1);
        assertThat(printed.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wobble|unknown command: 'wobble' (expected: models, infer, ops, workers, engine, status, new,"
                        + " demo or help)",
                "models --json|unknown option of 'models': --json; see espalier help",
                "infer --input|--input needs a value; see espalier help",
                "models x|models takes no operands, got [x]",
                "infer|infer takes one model, got [] (expected: espalier infer <model> --input"
                        + " '[[1,2,3]]')",
                "infer m --version=x|--version: 'x' (expected: a whole number)",
                "models --url=nowhere|--url: 'nowhere' (expected: http://<host>:<port> or"
                        + " https://...)",
            })
    void refusesInOneLine(String line, String message) {
        assertThat(FakeServer.run(Map.of(), line.split(" ", -1)).err())
                .isEqualTo("espalier: " + message + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "infer --help", "-h"})
    void helps(String line) {
        Printed printed = FakeServer.run(Map.of(), line.split(" ", -1));

        assertThat(printed.out()).contains("espalier infer <model>");
        assertThat(printed.status()).isZero();
    }

    @Test
    void takesTheLastUrlGiven() {
        server.reply("/v2/repository/index", "[]");

        assertThat(
                        FakeServer.run(
                                        Map.of(),
                                        "models",
                                        "--url=nowhere",
                                        "--url",
                                        server.url() + "/")
                                .status())
                .isZero();
    }
}
