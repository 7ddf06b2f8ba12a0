package dev.espalier.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.client.FakeServer.Printed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class InferCommandTest {
    private static final String METADATA =
            """
            {"name":"zero_out","versions":["1"],"platform":"onnxruntime_onnx",
             "inputs":[{"name":"X","datatype":"INT32","shape":[-1,3]}],
             "outputs":[{"name":"Y","datatype":"INT32","shape":[-1,3]}]}
            """;
    private static final String TWO_INPUTS =
            """
            {"name":"add","inputs":[{"name":"A","datatype":"FP32","shape":[2]},
             {"name":"B","datatype":"BYTES","shape":[1]}],"outputs":[]}
            """;
    private static final String ANSWER =
            """
            {"model_name":"zero_out","model_version":"1","outputs":[
             {"name":"Y","datatype":"INT32","shape":[1,3],"parameters":{"binary_data_size":12}}]}
            """;

    @TempDir private Path folder;
    private FakeServer server = new FakeServer();

    InferCommandTest() throws IOException {}

    @BeforeEach
    void serveZeroOut() {
        server.reply("/v2/models/zero_out", METADATA)
                .reply(
                        "/v2/models/zero_out/infer",
                        ANSWER,
                        new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsJsonAsABinaryTensorAndPrintsATable() {
        Printed printed = server.run("infer", "zero_out", "--input", "[[1,2,3]]");

        assertThat(printed.err()).isEmpty();
        assertThat(printed.status()).isZero();
        assertThat(printed.out().lines().skip(1))
                .containsExactly(
                        "OUTPUT  TYPE   SHAPE  VALUES", "Y       INT32  [1,3]  [[1, 0, 0]]");
        assertThat(printed.out()).startsWith("zero_out version 1 answered in ");
        assertThat(server.received("/v2/models/zero_out/infer").header())
                .isEqualTo(
                        "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,3],\"datatype\":\"INT32\","
                                + "\"parameters\":{\"binary_data_size\":12}}],"
                                + "\"parameters\":{\"binary_data_output\":true}}");
        assertThat(server.received("/v2/models/zero_out/infer").binary())
                .containsExactly(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
    }

    @Test
    void printsTheWholeAnswerAsJson() {
        assertThat(server.run("infer", "zero_out", "--json", "--input=X=[[1,2,3]]").out())
                .isEqualTo(
                        "{\"model_name\":\"zero_out\",\"model_version\":\"1\",\"outputs\":["
                                + "{\"name\":\"Y\",\"datatype\":\"INT32\",\"shape\":[1,3],"
                                + "\"data\":[1,0,0]}]}\n");
    }

    @Test
    void takesTheOutputsApart() {
        server.reply(
                "/v2/models/zero_out/infer",
                """
                {"outputs":[{"name":"A","datatype":"INT8","shape":[1],
                 "parameters":{"binary_data_size":1}},{"name":"B","datatype":"INT8","shape":[2],
                 "parameters":{"binary_data_size":2}}]}\
                """,
                new byte[] {7, 8, 9});

        assertThat(server.run("infer", "zero_out", "--input", "[[1,2,3]]").out().lines().skip(2))
                .containsExactly("A       INT8  [1]    [7]", "B       INT8  [2]    [8, 9]");
    }

    @Test
    void readsAnswersThatAreJsonOnly() {
        server.reply(
                "/v2/models/zero_out/infer",
                "{\"model_name\":\"m\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"Y\","
                        + "\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[[1.5,NaN]]}]}");

        assertThat(server.run("infer", "zero_out", "--input", "[[1,2,3]]").out())
                .contains("[[1.5, NaN]]");
    }

    @Test
    void asksForAVersionAndOutputs() {
        server.reply("/v2/models/zero_out/versions/2", METADATA)
                .reply("/v2/models/zero_out/versions/2/infer", ANSWER, new byte[12]);

        Printed printed =
                server.run(
                        "infer", "zero_out", "--version=2", "--input=[[1,2,3]]", "--output", "Y");

        assertThat(printed.err()).isEmpty();
        assertThat(server.received("/v2/models/zero_out/versions/2/infer").header())
                .endsWith(",\"outputs\":[{\"name\":\"Y\",\"parameters\":{\"binary_data\":true}}]}");
    }

    @Test
    void readsSeveralInputsAndFiles() throws Exception {
        Path file = folder.resolve("a.npy");
        Files.write(file, NpyFileTest.npy(1, "<f4", false, "(2,)", new byte[8]));
        server.reply("/v2/models/add", TWO_INPUTS)
                .reply("/v2/models/add/infer", "{\"outputs\":[]}");

        Printed printed =
                server.run("infer", "add", "--input", "A=@" + file, "--input", "B=[\"x=y\"]");

        assertThat(printed.err()).isEmpty();
        assertThat(server.received("/v2/models/add/infer").binary())
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 'x', '=', 'y');
    }

    @Test
    void encodesTheNamesOfModels() {
        server.reply("/v2/models/zero%20out", 404, "{\"error\":\"asked\"}");

        assertThat(server.run("infer", "zero out", "--input=1").err())
                .isEqualTo("espalier: asked\n");
    }

    @Test
    void sendsTheToken() {
        FakeServer.run(
                Map.of("ESPALIER_URL", server.url(), "ESPALIER_TOKEN", "secret"),
                "infer",
                "zero_out",
                "--input=[[1,2,3]]");

        assertThat(server.received("/v2/models/zero_out/infer").authorization())
                .isEqualTo("Bearer secret");
    }

    private void refuses(String message, String... arguments) {
        Printed printed = server.run(arguments);

        assertThat(printed.err()).isEqualTo("espalier: " + message + "\n");
        assertThat(printed.status()).isEqualTo(1);
        assertThat(printed.out()).isEmpty();
    }

    @Test
    void repeatsTheServersError() {
        server.reply("/v2/models/zero_out/infer", 400, "{\"error\":\"wrong\\nshape\"}");
        refuses("wrong shape", "infer", "zero_out", "--input=[[1,2,3]]");

        server.reply("/v2/models/zero_out/infer", 502, "");
        refuses("the server answered with status 502", "infer", "zero_out", "--input=[[1,2,3]]");
    }

    @Test
    void saysHowToGiveInputs() {
        server.reply("/v2/models/add", TWO_INPUTS);

        refuses(
                "no input given for model 'zero_out' (expected: --input X=<INT32 [-1,3]>)",
                "infer",
                "zero_out");
        refuses(
                "--input '[1,2]': model 'add' has 2 inputs (expected: --input A=<FP32 [2]>"
                        + " --input B=<BYTES [1]>)",
                "infer",
                "add",
                "--input=[1,2]");
        refuses(
                "model 'zero_out' has no input 'Z' (expected: --input X=<INT32 [-1,3]>)",
                "infer",
                "zero_out",
                "--input=Z=[1]");
        refuses("input 'X' is given twice", "infer", "zero_out", "--input=X=[1]", "--input=[2]");
    }

    @Test
    void refusesAFileOfAnotherType() throws Exception {
        Path file = folder.resolve("a.npy");
        Files.write(file, NpyFileTest.npy(1, "<i8", false, "(1,)", new byte[8]));

        refuses(
                file
                        + " holds INT64, but input 'X' of model 'zero_out' takes INT32;"
                        + " convert it with astype()",
                "infer",
                "zero_out",
                "--input=@" + file);
    }

    @Test
    void tellsAnAnswerThatIsCutOff() {
        server.reply("/v2/models/zero_out/infer", ANSWER, new byte[5]);

        refuses(
                "the answer is cut off within output 'Y': 5 bytes of 12",
                "infer",
                "zero_out",
                "--input=[[1,2,3]]");
    }
}
