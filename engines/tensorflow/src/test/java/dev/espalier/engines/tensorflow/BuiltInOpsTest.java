package dev.espalier.engines.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server knows the ops that TensorFlow has itself from a list among its resources.
@Timeout(60)
final class BuiltInOpsTest {
    private static final Path LIST =
            Bench.ROOT.resolve(
                    "server/src/main/resources/dev/espalier/server/engines/tensorflow/tensorflow-ops.txt");

    @Test
    void theServersListIsTheLibrarys() throws Exception {
        TfApi api = TfApi.load(Bench.LIBRARY);
        List<String> names;
        try (TfBuffer list = new TfBuffer(api, api.call(TfFunction.GET_ALL_OP_LIST))) {
            names =
                    OpDefinition.list(new ProtoReader(list.data())).stream()
                            .map(OpDefinition::name)
                            .sorted()
                            .toList();
        }
        Path made = Bench.ROOT.resolve("engines/tensorflow/target/tensorflow-ops.txt");
        Files.write(made, names);
        assertThat(Files.readAllLines(LIST))
                .as("%s (expected: the content of %s; copy it there)", LIST, made)
                .isEqualTo(names);
    }
}
