package dev.espalier.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.OperatorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server knows the ops that PyTorch has itself from a list among its resources.
@Timeout(120)
final class BuiltInOpsTest {
    private static final Path LIST =
            Bench.ROOT.resolve(
                    "server/src/main/resources/dev/espalier/server/engines/pytorch/pytorch-ops.txt");

    @Test
    void theServersListIsTheLibrarys() throws Exception {
        assertThat(Bench.ENGINE.version()).isEqualTo("2.13.0");
        TreeSet<String> names = new TreeSet<>();
        Registry.now().ops().values().forEach(op -> names.add(op.name()));
        // Those of TorchScript's interpreter alone.
        try (PointerScope _ = new PointerScope()) {
            OperatorVector operators = torch.getAllOperators();
            for (long i = 0; i < operators.size(); i++) {
                names.add(operators.get(i).schema().name().getString());
            }
        }
        Path made = Bench.ROOT.resolve("engines/pytorch/target/pytorch-ops.txt");
        Files.write(made, names);
        assertThat(Files.exists(LIST) ? Files.readAllLines(LIST) : List.of())
                .as("%s (expected: the content of %s; copy it there)", LIST, made)
                .containsExactlyElementsOf(names);
    }
}
