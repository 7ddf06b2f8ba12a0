package dev.espalier.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NoRoomException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.SharedRegion;
import dev.espalier.link.SlotReleases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OutputSlotsTest {
    private static final long MB = 1 << 20;

    private Links links;
    private SharedRegion in;
    private SharedRegion out;
    private OutputSlots.Writer writer;
    private boolean disconnected;

    @BeforeEach
    void make() throws Exception {
        links = LinkKind.LINUX.open();
        in = links.createIn(LinkLayout.BLOCKS + MB);
        out = links.createOut(LinkLayout.BLOCKS + 6 * MB);
        SharedRegion own = out.handle().attach(out.size(), true);
        writer = new OutputSlots(in, own, () -> disconnected = true).new Writer();
    }

    @AfterEach
    void close() {
        in.close();
        links.close();
    }

    @Test
    void hasRoomAgainWhenAResultIsConsumed() throws Exception {
        writer.begin(0, 1);
        writer.reserve(3 * MB);
        writer.reserve(2 * MB);
        writer.begin(1, 1);

        assertThatThrownBy(() -> writer.reserve(2 * MB))
                .isInstanceOf(NoRoomException.class)
                .hasMessage(
                        "no room for an output of 2097152 bytes: 6291456 of 6291456 bytes of the worker's output"
                                + " memory are in use; try again later or raise --request-memory-mb");
        new SlotReleases(in).release(0, 1);

        assertThat(writer.reserve(2 * MB)).isPositive();
        assertThat(disconnected).isFalse();
        out.close();
    }

    @Test
    void refusesWhatNeverFits() {
        writer.begin(0, 1);

        // A block of 8 MB would be needed, since sizes are powers of two.
        assertThatThrownBy(() -> writer.reserve(5 * MB))
                .isExactlyInstanceOf(EngineException.class)
                .hasMessageEndingWith("are in use; raise --request-memory-mb");
        out.close();
    }

    @Test
    void tellsThatItsDescriptorHasBeenClosed() {
        writer.begin(0, 1);
        out.close(); // Both views have one descriptor, as if an op had closed it.

        assertThatThrownBy(() -> writer.reserve(MB)).isInstanceOf(EngineException.class);
        assertThat(disconnected).isTrue();
    }
}
