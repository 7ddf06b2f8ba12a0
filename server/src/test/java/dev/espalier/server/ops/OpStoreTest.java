package dev.espalier.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Op libraries are told apart by content, and what is loaded never changes.
@Timeout(20)
class OpStoreTest {
    @TempDir Path folder;

    private OpStore store() {
        return new OpStore(folder.resolve("store"), TestLibraries.READER);
    }

    private Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    @Test
    void keepsWhatWasThereWhenTheUserReplacesTheFile() throws Exception {
        OpStore store = store();
        Path source = file("libx.so", "old");
        OpLibrary old = store.keep(source, false);
        file("libx.so", "new");
        OpLibrary fresh = store.keep(source, false);
        assertThat(old.stored()).hasContent("old").isNotEqualTo(fresh.stored());
        assertThat(fresh.stored()).hasContent("new").hasFileName("libx.so");
    }

    @Test
    void seesEveryChangeOfAFileThatItHasKeptBefore() throws Exception {
        OpStore store = store();
        Path source = file("libx.so", "old");
        FileTime longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(source, longAgo);
        OpLibrary old = store.keep(source, false);
        assertThat(store.keep(source, false)).isSameAs(old);
        Files.delete(old.stored());
        assertThat(store.keep(source, false).stored()).as("after the store was emptied").exists();
        // Another file of the same size and time, renamed over the first.
        Path other = file("other.so", "new");
        Files.setLastModifiedTime(other, longAgo);
        Files.move(other, source, StandardCopyOption.REPLACE_EXISTING);
        assertThat(store.keep(source, false).stored()).hasContent("new");
        // Written in place, twice within one tick of the clock.
        for (String content : List.of("one", "two")) {
            Files.writeString(source, content);
            assertThat(store.keep(source, false).stored()).hasContent(content);
        }
    }

    @Test
    void knowsEqualContentAtTwoPlacesAsOneLibrary() throws Exception {
        OpStore store = store();
        OpLibrary a = store.keep(file("a/libx.so", "same"), false);
        OpLibrary b = store.keep(file("b/libx.so", "same"), false);
        assertThat(a.stored()).isEqualTo(b.stored());
        assertThat(new OpSet(List.of(a, b)).libraries()).hasSize(1);
        assertThat(new OpSet(List.of(a)).key()).isEqualTo(new OpSet(List.of(b)).key());
    }

    @Test
    void tellsOpSetsApartWhateverTheirOrder() throws Exception {
        OpStore store = store();
        OpLibrary a = store.keep(file("liba.so", "a"), false);
        OpLibrary b = store.keep(file("libb.so", "b"), false);
        assertThat(new OpSet(List.of(a, b)).key()).isEqualTo(new OpSet(List.of(b, a)).key());
        assertThat(new OpSet(List.of(a)).key()).isNotEqualTo(new OpSet(List.of(a, b)).key());
        assertThat(new OpSet(List.of()).label()).isEqualTo("no ops");
    }

    @Test
    void knowsContentByItsHash() throws Exception {
        OpStore store = store();
        assertThat(store.keep(file("libx.so", "abc"), false).sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void takesNothingButRegularFiles() {
        OpStore store = store();
        assertThatThrownBy(() -> store.keep(Path.of("/dev/zero"), false))
                .hasMessageContaining("cannot be read: /dev/zero: is a pipe, a socket or a device");
    }

    @Test
    void saysWhichFileIsMissing() {
        OpStore store = store();
        Path missing = folder.resolve("libgone.so");
        assertThatThrownBy(() -> store.keep(missing, false))
                .isInstanceOf(ServingException.class)
                .hasMessage("op library " + missing + " does not exist");
        assertThat(folder.resolve("store")).doesNotExist();
    }

    @Test
    void isSharedBySeveralServersAtOnce() throws Exception {
        Path source = file("libx.so", "x".repeat(1 << 20));
        try (ExecutorService servers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<OpLibrary> keep = () -> store().keep(source, false);
            for (var kept : servers.invokeAll(List.of(keep, keep, keep, keep, keep, keep))) {
                assertThat(kept.get().stored()).hasSameBinaryContentAs(source);
            }
        }
        try (var left = Files.walk(folder.resolve("store"))) {
            assertThat(left.filter(Files::isRegularFile)).hasSize(1);
        }
    }
}
