package dev.espalier.server.ops.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.server.ops.TestLibraries;
import dev.espalier.server.ops.elf.ElfFile.Undefined;
import dev.espalier.server.ops.elf.ElfFile.VersionNeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is read of libraries that a real linker has written.
@Timeout(60)
class ElfFileTest {
    private static final Set<String> ASKED =
            Set.of("RegisterCustomOps", "getCreators", "malloc", "printf", "no_such_function");

    private static ElfFile read(String library) throws IOException, ElfException {
        return ElfFile.read(TestLibraries.path(library), ASKED);
    }

    @Test
    void readsSymbolsAndNeededLibraries() throws Exception {
        ElfFile file = read("missing_library");
        assertThat(file.header()).isEqualTo(new ElfHeader(64, true, 62, ElfHeader.SHARED));
        assertThat(file.program()).isFalse();
        assertThat(file.needed()).containsExactly("libespalier_vendor.so.7");
        assertThat(file.exported()).containsExactly("RegisterCustomOps");
        assertThat(file.undefined())
                .contains(
                        new Undefined("_ZN6vendor11interpolateEPKfi", false),
                        new Undefined("__cxa_finalize", true));
    }

    @Test
    void readsWhatIsUsedByALibraryThatExportsNothing() throws Exception {
        ElfFile file = read("marked_tensorrt");
        assertThat(file.exported()).isEmpty();
        assertThat(file.undefined()).contains(new Undefined("getPluginRegistry", false));
    }

    @Test
    void readsNeededVersions() throws Exception {
        assertThat(read("newer_glibc").versionNeeds())
                .containsExactly(new VersionNeed("libc.so.6", "GLIBC_2.99", false));
    }

    @Test
    void tellsProgramsFromLibraries() throws Exception {
        assertThat(read("program").program()).isTrue();
    }

    @Test
    void readsTheSystemsLibraries() throws Exception {
        SharedLibraries libraries = new SharedLibraries(TestLibraries.MACHINE, "");
        Path file =
                libraries.find("libc.so.6", read("plain"), Path.of("/"), List.of()).orElseThrow();
        ElfFile libc = ElfFile.read(file, ASKED);
        assertThat(libc.versions()).contains("GLIBC_2.2.5", "GLIBC_2.17");
        assertThat(libc.exported()).containsExactlyInAnyOrder("malloc", "printf");
        assertThat(libc.soname()).isEqualTo("libc.so.6");
    }

    @Test
    void noticesEveryPlaceWhereAFileCanBreakOff() throws Exception {
        byte[] whole = Files.readAllBytes(TestLibraries.path("conflict_cpp_add"));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ElfFile.read(new BytesChannel(part), ASKED))
                    .isInstanceOfSatisfying(
                            ElfException.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isNotEqualTo(ElfException.Kind.DAMAGED));
        }
        assertThat(ElfFile.read(new BytesChannel(whole), ASKED).exported()).isNotEmpty();
    }

    @Test
    void survivesRandomDamage() throws Exception {
        Random random = new Random(5);
        for (String name : new String[] {"conflict_cpp_add", "newer_glibcxx", "several"}) {
            byte[] whole = Files.readAllBytes(TestLibraries.path(name));
            for (int round = 0; round < 5_000; round++) {
                byte[] damaged = whole.clone();
                for (int i = 0; i < 8; i++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                readsOrRefuses(damaged);
            }
        }
    }

    /// As those with an engine or code for GPUs in them; the zeros are a hole in the file.
    @Test
    void readsALibraryOfGigabytesAsQuicklyAsASmallOne(@TempDir Path folder) throws Exception {
        Path large = Files.copy(TestLibraries.path("several"), folder.resolve("liblarge.so"));
        try (FileChannel file = FileChannel.open(large, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), 8L << 30);
        }
        assertThat(ElfFile.read(large, ASKED)).isEqualTo(read("several"));
    }

    @FuzzTest(maxDuration = "30s")
    void readsOrRefuses(byte[] bytes) throws IOException {
        try {
            ElfFile _ = ElfFile.read(new BytesChannel(bytes), ASKED);
        } catch (ElfException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
