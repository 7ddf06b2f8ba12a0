package dev.espalier.server.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The ops that TorchScript archives need, those of the tree and made ones.
@Timeout(20)
final class TorchScriptReaderTest {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root", ".."));

    /// An archive of these files, packed.
    static byte[] archive(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
        return bytes.toByteArray();
    }

    private static TorchScriptModel read(byte[] file) throws Exception {
        return TorchScriptReader.read(new MemoryFile(file));
    }

    @Test
    void readsWhatTorchWrote() throws Exception {
        assertThat(model("examples/pytorch-models/torch_custom_modulo").ops())
                .containsExactly("my_ops::custom_modulo");
        assertThat(model("tests/models/pytorch/twice_and_thrice").needs().custom())
                .extracting(need -> need.op().toString())
                .containsExactlyInAnyOrder("test_shared::twice", "test_shared::thrice");
        assertThat(model("tests/models/pytorch/words").needs().custom()).isEmpty();
        assertThat(model("tests/models/pytorch/linear").needs().standard())
                .extracting(need -> need.op().toString())
                .contains("aten::linear", "aten::mul");
    }

    private static TorchScriptModel model(String folder) throws Exception {
        return TorchScriptReader.read(ROOT.resolve(folder).resolve("1/model.pt"));
    }

    @Test
    void findsCallsInCodeAlone() throws Exception {
        String code = "_0 = ops.a.b(x)\n_1 = ops.aten.add(x, ops.a.c_2(y))\n_2 = drops.a.d(x)\n";
        assertThat(
                        read(archive(
                                        Map.of(
                                                "m/code/__torch__/x.py", code,
                                                "m/code/x.debug_pkl", "ops.a.e(x)",
                                                "m/data/0", "ops.a.f(x)")))
                                .needs()
                                .custom())
                .extracting(need -> need.op().toString())
                .containsExactlyInAnyOrder("a::b", "a::c_2");
    }

    @Test
    void saysWhatIsNoArchive() {
        byte[] sound = archive(Map.of("m/code/x.py", "ops.a.b(x)"));
        assertThatThrownBy(() -> read(new byte[0]))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("no list of files at its end");
        assertThatThrownBy(() -> read(Arrays.copyOf(sound, sound.length - 5)))
                .hasMessageContaining("copy it anew");
        assertThatThrownBy(() -> read(archive(Map.of("m/data.pkl", ""))))
                .hasMessageContaining("it has no code (expected: an archive that torch.jit.save");
        byte[] cut = sound.clone();
        Arrays.fill(cut, 0, 4, (byte) 0);
        assertThatThrownBy(() -> read(cut))
                .hasMessage("m/code/x.py is not where the list of files says");
    }
}
