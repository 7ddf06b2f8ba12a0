package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused before anything of it is called, and what is read from memory.
@Timeout(10)
@EnabledOnOs(OS.LINUX)
class TrtApiTest {
    private static final List<String> MAPS =
            List.of(
                    "7f0000000000-7f0000001000 r--p 00000000 fd:00 1      /opt/libnvinfer.so.10",
                    "7f0000001000-7f0000003000 r-xp 00001000 fd:00 1      /opt/libnvinfer.so.10",
                    "7f0000005000-7f0000006000 r-xp 00000000 fd:00 2      /opt/lib other.so",
                    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]",
                    "garbage");

    @TempDir private Path folder;

    @Test
    void opensNoLibraryThatIsNotTensorRts() throws Exception {
        Path text = Files.writeString(folder.resolve("libnvinfer.so.10"), "text");
        assertThatThrownBy(() -> TrtApi.open(text)).isInstanceOf(EngineException.class);
        long anyFunction =
                NativeLibrary.open("libc.so.6", NativeLibrary.Scope.LOCAL).require("abs");
        assertThat(CodeRanges.ofLibrary(anyFunction).contains(anyFunction)).isTrue();
        assertThatThrownBy(() -> TrtApi.open(Path.of("libc.so.6")))
                .hasMessage("the library has no function 'getInferLibVersion'");
    }

    @ParameterizedTest
    @CsvSource({
        "/opt/libnvinfer.so.10, 7f0000001000, true",
        "/opt/libnvinfer.so.10, 7f0000002fff, true",
        "/opt/libnvinfer.so.10, 7f0000000fff, false",
        "/opt/libnvinfer.so.10, 7f0000003000, false",
        "/opt/libnvinfer.so.10, 7f0000005000, false",
        "/opt/lib other.so,     7f0000005000, true",
        "'',                    7f0000005000, true",
        "'',                    0,            false",
        "/opt/libnvinfer.so,    7f0000001000, false",
    })
    void tellsCodeFromOtherMemory(String file, String address, boolean code) {
        assertThat(CodeRanges.parse(MAPS, file).contains(Long.parseUnsignedLong(address, 16)))
                .isEqualTo(code);
    }

    @Test
    void readsShapes() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Dims dims = new Dims(arena);
            dims.rank(2);
            dims.size(0, -1);
            dims.size(1, 8);
            assertThat(dims.sizes()).containsExactly(-1, 8);
            assertThat(dims.known()).isFalse();
            assertThatThrownBy(() -> dims.bytes(4))
                    .hasMessage("an output of TensorRT has the size -1");
            dims.size(0, 3);
            assertThat(dims.bytes(4)).isEqualTo(96);
            dims.size(0, Long.MAX_VALUE / 2);
            assertThatThrownBy(() -> dims.bytes(4)).isInstanceOf(EngineException.class);
            dims.rank(-1);
            assertThat(dims.told()).isFalse();
            assertThatThrownBy(dims::rank).isInstanceOf(EngineException.class);
            dims.rank(9);
            assertThatThrownBy(dims::sizes).isInstanceOf(EngineException.class);
        }
    }

    @Test
    void knowsTheElementsOfTheProtocol() throws Exception {
        assertThat(ElementType.of(0, "x")).isEqualTo(DataType.FP32);
        assertThat(ElementType.of(7, "x")).isEqualTo(DataType.BF16);
        assertThat(ElementType.of(8, "x")).isEqualTo(DataType.INT64);
        assertThatThrownBy(() -> ElementType.of(6, "input 'x'"))
                .hasMessageStartingWith("input 'x' has the element type FP8 (expected: ");
        assertThatThrownBy(() -> ElementType.of(99, "x")).hasMessageContaining("type number 99 (");
        assertThatThrownBy(() -> ElementType.of(-1, "x")).hasMessageContaining("type number -1 (");
    }
}
