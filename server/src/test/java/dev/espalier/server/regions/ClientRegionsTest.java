package dev.espalier.server.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Regions of a folder in which a client does what it likes.
@Timeout(60)
final class ClientRegionsTest {
    private static final String FULL =
            "1000 shared memory regions are registered, or unregistered and still used (expected: fewer"
                    + " before another one; unregister those that are no longer used)";

    private static final int SIZE = 64;

    @TempDir private Path folder;
    private Path file;
    private ClientRegions regions;

    @BeforeEach
    void makeARegion() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[SIZE]);
        regions = ClientRegions.in(folder);
    }

    private static void refused(ThrowingCallable call, ErrorCode code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServingException.class,
                        failure -> {
                            assertThat(failure.text()).isEqualTo(text);
                            assertThat(failure.code()).isEqualTo(code);
                        });
    }

    private RegionRange range(long offset, long size) throws ServingException {
        return regions.range("r", offset, size);
    }

    private static void truncate(Path file, long size) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(size);
        }
    }

    @Test
    void keepsARegionUnderOneName() throws Exception {
        regions.register("r", "/file", 8, 16);
        regions.register("a", "file", 0, SIZE);

        assertThat(regions.statuses())
                .containsExactly(
                        new RegionStatus("a", "file", 0, SIZE),
                        new RegionStatus("r", "/file", 8, 16));
        assertThat(regions.status("r")).isEqualTo(new RegionStatus("r", "/file", 8, 16));
        refused(
                () -> regions.register("r", "/file", 0, 1),
                ErrorCode.ALREADY_EXISTS,
                "shared memory region 'r' already in manager");

        regions.unregister("r");
        regions.unregister("r");
        regions.register("r", "/file", 0, 1);
        regions.unregisterAll();
        assertThat(regions.statuses()).isEmpty();
        refused(
                () -> regions.status("r"),
                ErrorCode.NOT_FOUND,
                "Unable to find system shared memory region: 'r'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                ".",
                "/..",
                "none",
                "folder",
                "folder/file",
                "../file",
                "link",
                "way",
                "pipe"
            })
    void opensOnlyRegularFilesOfItsFolder(String key) throws Exception {
        Files.createDirectory(folder.resolve("folder"));
        Files.write(folder.resolve("folder/file"), new byte[SIZE]);
        Files.createSymbolicLink(folder.resolve("link"), file);
        Files.createSymbolicLink(folder.resolve("way"), Path.of("/etc/passwd"));
        assertThat(
                        new ProcessBuilder("mkfifo", folder.resolve("pipe").toString())
                                .start()
                                .waitFor())
                .isZero();

        refused(
                () -> regions.register("r", key, 0, 1),
                ErrorCode.INTERNAL,
                "Unable to open shared memory region: '" + key + "'");
        assertThat(regions.statuses()).isEmpty();
        Files.delete(folder.resolve("way"));
    }

    @Test
    void opensNoNameThatNoFileCanHave() {
        refused(
                () -> regions.register("r", "a\u0000b", 0, 1),
                ErrorCode.INTERNAL,
                "Unable to open shared memory region: 'a\u0000b'");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0, 65",
        "64, 1",
        "65, 1",
        "-1, 1",
        "0, -1",
        "9223372036854775807, 9223372036854775807"
    })
    void wantsRoomInTheFile(long offset, long size) {
        refused(
                () -> regions.register("r", "file", offset, size),
                ErrorCode.INVALID_ARGUMENT,
                "failed to register shared memory region 'r': invalid args");
    }

    @Test
    void keepsSoManyDescriptorsOnly() throws Exception {
        for (int i = 0; i < 1000; i++) {
            regions.register("r" + i, "file", 0, 1);
        }
        refused(() -> regions.register("r", "file", 0, 1), ErrorCode.OVERLOADED, FULL);
        RegionRange used = regions.range("r7", 0, 1);
        used.hold();
        regions.unregister("r7");
        refused(() -> regions.register("r", "file", 0, 1), ErrorCode.OVERLOADED, FULL);
        used.letGo();
        registerOnceThereIsRoom("r");
    }

    /// A file is closed beside those who let it go.
    private void registerOnceThereIsRoom(String name) throws Exception {
        while (true) {
            try {
                regions.register(name, "file", 0, 1);
                return;
            } catch (ServingException full) {
                assertThat(full.code()).isEqualTo(ErrorCode.OVERLOADED);
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void filesThatCannotBeOpenedTakeNoRoom() throws Exception {
        for (int i = 0; i < 1001; i++) {
            assertThatThrownBy(() -> regions.register("r", "none", 0, 1))
                    .isInstanceOfSatisfying(
                            ServingException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL));
        }
        regions.register("r", "file", 0, 1);
    }

    @Test
    void keepsNoLongTexts() throws Exception {
        String text = " of a shared memory region has 4097 characters (expected: 4096 at most)";
        String longest = "x".repeat(4096);
        refused(
                () -> regions.register(longest + "x", "file", 0, 1),
                ErrorCode.INVALID_ARGUMENT,
                "the name" + text);
        refused(
                () -> regions.register("r", "/".repeat(4093) + "file", 0, 1),
                ErrorCode.INVALID_ARGUMENT,
                "the key" + text);
        regions.register(longest, "/".repeat(4092) + "file", 0, 1);
    }

    @Test
    void findsPartsOfRegionsOnly() throws Exception {
        regions.register("r", "file", 8, 16);

        assertThat(range(0, 16).byteSize()).isEqualTo(16);
        assertThat(range(15, 0).byteSize()).isZero();
        String offset = "Invalid offset for shared memory region: 'r'";
        refused(() -> range(-1, 1), ErrorCode.INVALID_ARGUMENT, offset);
        refused(() -> range(16, 0), ErrorCode.INVALID_ARGUMENT, offset);
        String size = "Invalid offset + byte size for shared memory region: 'r'";
        refused(() -> range(0, 17), ErrorCode.INVALID_ARGUMENT, size);
        refused(() -> range(0, 0), ErrorCode.INVALID_ARGUMENT, size);
        refused(() -> range(1, Long.MAX_VALUE), ErrorCode.INVALID_ARGUMENT, size);
        refused(
                () -> regions.range("s", 0, 1),
                ErrorCode.NOT_FOUND,
                "Unable to find shared memory region: 's'");
    }

    @Test
    void readsAndWritesAtItsOffsets() throws Exception {
        regions.register("r", "file", 8, 16);

        range(4, 2).write(ByteBuffer.wrap(new byte[] {5, 6}));

        byte[] content = Files.readAllBytes(file);
        assertThat(content).hasSize(SIZE).contains(5, org.assertj.core.data.Index.atIndex(12));
        ByteBuffer read = ByteBuffer.allocate(3);
        range(3, 3).read(read);
        assertThat(read.array()).containsExactly(0, 5, 6);
    }

    @Test
    void refusesWhatItsClientHasCutOff() throws Exception {
        regions.register("r", "file", 8, 16);
        truncate(file, 12);

        refused(
                () -> range(0, 16).read(ByteBuffer.allocate(16)),
                ErrorCode.INTERNAL,
                "shared memory region 'r' ends at byte 4 (expected: at 16 or later; its file 'file'"
                        + " is shorter than when it was registered)");
        refused(
                () -> range(0, 16).write(ByteBuffer.allocate(16)),
                ErrorCode.INTERNAL,
                "shared memory region 'r' ends at byte 4 (expected: at 16 or later; its file 'file'"
                        + " is shorter than when it was registered)");
        assertThat(Files.size(file)).isEqualTo(12);
        truncate(file, 0);
        refused(
                () -> range(0, 16).read(ByteBuffer.allocate(16)),
                ErrorCode.INTERNAL,
                "shared memory region 'r' ends at byte 0 (expected: at 16 or later; its file 'file'"
                        + " is shorter than when it was registered)");
    }

    @Test
    void reachesAFileThatItsClientHasRemoved() throws Exception {
        regions.register("r", "file", 0, SIZE);
        Files.delete(file);
        Files.write(file, new byte[] {1});

        range(0, 1).write(ByteBuffer.wrap(new byte[] {7}));

        ByteBuffer read = ByteBuffer.allocate(1);
        range(0, 1).read(read);
        assertThat(read.array()).containsExactly(7);
        assertThat(Files.readAllBytes(file)).containsExactly(1);
    }

    @Test
    void staysOpenForThoseWhoUseIt() throws Exception {
        regions.register("r", "file", 0, SIZE);
        RegionRange used = range(0, 1);
        RegionRange late = range(0, 1);
        used.hold();
        regions.unregister("r");

        used.read(ByteBuffer.allocate(1));
        refused(late::hold, ErrorCode.NOT_FOUND, "Unable to find shared memory region: 'r'");

        used.letGo();
        awaitClosed(used);
    }

    private static void awaitClosed(RegionRange range) {
        while (true) {
            try {
                range.read(ByteBuffer.allocate(1));
                Thread.onSpinWait();
            } catch (ServingException closed) {
                assertThat(closed.text()).startsWith("shared memory region 'r' cannot be read");
                return;
            }
        }
    }

    @Test
    void isOffUnlessItIsWanted() {
        ClientRegions off = ClientRegions.off();
        String text =
                "Client shared memory is disabled. Start the server with '--allow-client-shm=true'"
                        + " to enable.";
        assertThat(off.allowed()).isFalse();
        refused(() -> off.register("r", "file", 0, 1), ErrorCode.UNSUPPORTED, text);
        refused(() -> off.unregister("r"), ErrorCode.UNSUPPORTED, text);
        refused(off::unregisterAll, ErrorCode.UNSUPPORTED, text);
        refused(off::statuses, ErrorCode.UNSUPPORTED, text);
        refused(() -> off.range("r", 0, 1), ErrorCode.UNSUPPORTED, text);
        refused(off::registerOnGpu, ErrorCode.UNSUPPORTED, text);
        refused(() -> off.checkOnGpu(""), ErrorCode.UNSUPPORTED, text);
    }
}
