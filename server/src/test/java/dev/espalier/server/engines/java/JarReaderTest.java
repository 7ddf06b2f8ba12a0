package dev.espalier.server.engines.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.MemoryFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a jar may say of itself, before anything of it runs.
@Timeout(20)
final class JarReaderTest {
    /// Where the list of files says how large one is, unpacked.
    private static final int SIZE = 24;

    @TempDir private Path folder;

    static byte[] jar(String... names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("content".getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /// The same, whose first file says that it has so many bytes.
    static byte[] claiming(byte[] jar, int size) {
        ByteBuffer bytes = ByteBuffer.wrap(jar.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int list = bytes.getInt(jar.length - 6);
        return bytes.putInt(list + SIZE, size).array();
    }

    private static void check(byte[] jar) throws IOException, FormatException {
        JarReader.check(new MemoryFile(jar));
    }

    @Test
    void takesAnOrdinaryJar() throws Exception {
        check(jar("META-INF/MANIFEST.MF", "a/B.class", "a..b/c", "text"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "/a", "a/../../b", "a\\b", ".."})
    void refusesPathsThatLeadOut(String name) {
        assertThatThrownBy(() -> check(jar(name)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("'%s' (expected: paths inside the jar)".formatted(name));
    }

    @Test
    void refusesWhatTheJvmWouldDrownIn() {
        // 100 MB, and nearly 4 GB.
        assertThatThrownBy(() -> check(claiming(jar("META-INF/MANIFEST.MF"), 100 << 20)))
                .hasMessage("META-INF/MANIFEST.MF has 104857600 bytes (expected: at most 8388608)");
        assertThatThrownBy(() -> check(claiming(jar("a/B.class"), -2)))
                .hasMessage("a/B.class has 4294967294 bytes (expected: at most 16777216)");
    }

    @Test
    void leavesTheModelsOwnFilesToTheModel() throws Exception {
        check(claiming(jar("weights.bin"), -2));
    }

    @Test
    void readsTheJarsBesideIt() throws Exception {
        Path jar = Files.write(folder.resolve("model.jar"), jar("a/B.class"));
        Path libraries = Files.createDirectory(folder.resolve("lib"));
        Files.write(libraries.resolve("good.jar"), jar("c/D.class"));

        assertThat(JarReader.read(jar).inputs()).isEmpty();
        Files.writeString(libraries.resolve("bad.jar"), "no jar");
        assertThatThrownBy(() -> JarReader.read(jar))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("lib/bad.jar: it has no list of files at its end");
    }

    @Test
    void wantsAJarsName() throws Exception {
        Path other = Files.write(folder.resolve("model.bin"), jar("a/B.class"));

        assertThatThrownBy(() -> JarReader.read(other))
                .hasMessage("it is called model.bin (expected: a name that ends with .jar)");
    }

    @Test
    void sizesTheHeap() throws Exception {
        assertThat(new HeapSize().of("m", Map.of())).isEqualTo(List.of("-Xmx256m"));
        assertThat(new HeapSize().of("m", Map.of("jvm_memory_mb", "1024")))
                .isEqualTo(List.of("-Xmx1024m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "31", "-1", "1048577", "1g"})
    void refusesOtherSizes(String text) {
        assertThatThrownBy(() -> new HeapSize().of("m", Map.of("jvm_memory_mb", text)))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(
                        "parameter 'jvm_memory_mb': '%s' (expected: a whole number of megabytes, 32..1048576)"
                                .formatted(text));
    }
}
