package dev.espalier.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class PortableLinksTest {
    private static final long SIZE = LinkLayout.BLOCKS + (1 << 20);

    @TempDir Path shared;

    @Test
    void leavesNothingBehind() throws Exception {
        PortableLinks links = PortableLinks.inNewFolder(shared);
        SharedRegion in = links.createIn(SIZE);
        try (ControlSocket.Listener _ = links.listen();
                SharedRegion _ = links.createSegment(4096)) {
            assertThat(folders()).hasSize(1);
            assertThat(files(folders().getFirst())).hasSize(4);
        }
        assertThat(files(folders().getFirst())).hasSize(2);

        links.close();

        assertThat(folders()).isEmpty();
        in.close();
    }

    @Test
    void removesWhatAServerLeftThatWasKilled() throws Exception {
        Path left = Files.createDirectory(shared.resolve("espalier-link-1"));
        Files.writeString(left.resolve("lock"), "");
        Files.writeString(left.resolve("in1"), "tensors");

        try (PortableLinks _ = PortableLinks.inNewFolder(shared)) {
            assertThat(left).doesNotExist();
            assertThat(folders()).hasSize(1);
        }
    }

    @Test
    void leavesTheFolderOfAServerThatRuns() throws Exception {
        try (PortableLinks running = PortableLinks.inNewFolder(shared);
                PortableLinks _ = PortableLinks.inNewFolder(shared);
                SharedRegion out = running.createOut(SIZE)) {
            assertThat(folders()).hasSize(2);
            assertThat(out.handle()).isInstanceOf(Handle.File.class);
        }
    }

    @Test
    void saysWhereItCannotMakeFiles() throws Exception {
        Path nowhere = shared.resolve("none");
        assertThatThrownBy(() -> PortableLinks.inNewFolder(nowhere))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("make a folder for links in " + nowhere);
    }

    /// What the kernel would say of a full disk it says of a file that it does not let grow.
    @Test
    void refusesWhatItCannotReserve() throws Exception {
        try (PortableLinks links = PortableLinks.inNewFolder(shared);
                SharedRegion region = links.createSegment(4096)) {
            assertThatThrownBy(() -> region.reserve(Long.MAX_VALUE - 4096, 4096))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("reserve 4096 bytes");
        }
    }

    private List<Path> folders() throws IOException {
        return files(shared);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
