package dev.espalier.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.NoRoomException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.ReleaseRing;
import dev.espalier.link.SharedRegion;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AnswerMemoryTest {
    private static final long MB = 1 << 20;
    private static final int FRAME = 208;

    private Links links;
    private SharedRegion in;
    private SharedRegion out;
    private SharedRegion own;
    private ReleaseRing releases;
    private AnswerMemory memory;
    private AnswerMemory.Writer writer;
    private boolean disconnected;

    @BeforeEach
    void make() throws Exception {
        links = LinkKind.LINUX.open();
        in = links.createIn(LinkLayout.BLOCKS + MB);
        out = links.createOut(LinkLayout.OUT_BLOCKS + 8 * MB);
        own = out.handle().attach(out.size(), true);
        releases = new ReleaseRing(in, out, 1);
        memory = new AnswerMemory(in, own, 2, () -> disconnected = true);
        writer = memory.new Writer();
    }

    @AfterEach
    void close() {
        in.close();
        links.close();
    }

    /// An answer, and what its reader must find in there.
    private record Read(int block, int lease, List<MemorySegment> outputs, byte mark) {
        boolean isWhole() {
            for (MemorySegment output : outputs) {
                for (long at = 0; at < output.byteSize(); at += 64) {
                    if (output.get(JAVA_BYTE, at) != mark) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    private Read answer(int mark, long... sizes) throws EngineException {
        assertThat(writer.begin(FRAME)).isTrue();
        List<MemorySegment> outputs = new ArrayList<>();
        for (long size : sizes) {
            MemorySegment output = MemorySegment.ofAddress(writer.reserve(size)).reinterpret(size);
            assertThat(output.address() % 64).isZero();
            outputs.add(output.fill((byte) mark));
        }
        return new Read(writer.block(), writer.lease(), outputs, (byte) mark);
    }

    private void release(Read answer) {
        assertThat(releases.release(answer.block(), answer.lease())).isTrue();
    }

    /// Answers of all sizes, read for different times, by readers who look at them when they let them go.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void leasesNothingAgainThatSomebodyReads(long seed) throws Exception {
        Random random = new Random(seed);
        List<Read> read = new ArrayList<>();
        for (int step = 0; step < 5000; step++) {
            if (random.nextInt(100) < 55) {
                long[] sizes = new long[random.nextInt(4)];
                for (int i = 0; i < sizes.length; i++) {
                    sizes[i] = 1 + (long) Math.pow(2, random.nextDouble(20));
                }
                try {
                    read.add(answer(step, sizes));
                } catch (NoRoomException full) {
                    writer.abandon();
                }
            } else if (!read.isEmpty()) {
                Read over = read.remove(random.nextInt(read.size()));
                assertThat(over.isWhole()).isTrue();
                release(over);
                // Nobody has it by this number any more: another one in its place stays.
                release(over);
                releases.release(over.block() + 1, over.lease());
                releases.release(-1, over.lease());
            }
            if (step % 50 == 0) {
                LinkLayout.press(in.memory());
                memory.tend();
                memory.trim();
            }
        }
        assertThat(read).allMatch(Read::isWhole);
        out.close();
    }

    /// A number tells who has had a block from who has it.
    @Test
    void ignoresAReleaseOfALeaseThatIsOver() throws Exception {
        Read over = answer(1);
        release(over);
        Read now = answer(2, 64);
        assertThat(now.block()).isEqualTo(over.block());

        release(over);
        assertThat(answer(3, 64).block()).isNotEqualTo(now.block());
        assertThat(now.isWhole()).isTrue();
        out.close();
    }

    @Test
    void laysSmallOutputsBesideTheirFrame() throws Exception {
        Read small = answer(1, 64, 100, 1);
        long first = own.address() + LinkLayout.blockOffset(small.block());

        assertThat(small.outputs())
                .allMatch(output ->
                        output.address() >= first + FRAME
                                && output.address() + output.byteSize()
                                        <= first + LinkLayout.LEAST_ANSWER);
        out.close();
    }

    @Test
    void hasRoomAgainWhenAnAnswerHasBeenRead() throws Exception {
        Read first = answer(1, 4 * MB, 2 * MB);

        assertThatThrownBy(() -> answer(2, 2 * MB))
                .isInstanceOf(NoRoomException.class)
                .hasMessage(
                        "no room for an output of 2097152 bytes: 6293504 of 8388608 bytes of the worker's output"
                                + " memory are in use; try again later or raise --request-memory-mb");
        release(first);

        assertThat(writer.reserve(2 * MB)).isPositive();
        assertThat(disconnected).isFalse();
        out.close();
    }

    @Test
    void hasNoRoomForAFrameWhereEverythingIsRead() throws Exception {
        Read all = answer(1, 4 * MB, 2 * MB);
        List<Read> small = new ArrayList<>();
        while (writer.begin(FRAME)) {
            small.add(new Read(writer.block(), writer.lease(), List.of(), (byte) 0));
        }
        assertThat(small).hasSize((int) (2 * MB / LinkLayout.LEAST_ANSWER) - 1);

        release(small.getFirst());
        assertThat(writer.begin(FRAME)).isTrue();
        assertThat(writer.block()).isEqualTo(small.getFirst().block());
        assertThat(all.isWhole()).isTrue();
        out.close();
    }

    @Test
    void hasTheMemoryAtOnceOfAnAnswerThatIsGivenUp() throws Exception {
        for (int i = 0; i < 1000; i++) {
            assertThat(writer.begin(FRAME)).isTrue();
            assertThat(writer.reserve(4 * MB)).isPositive();
            writer.abandon();
        }
        out.close();
    }

    @Test
    void refusesWhatNeverFits() {
        assertThat(writer.begin(FRAME)).isTrue();

        // A block of 16 MB would be needed, since sizes are powers of two.
        assertThatThrownBy(() -> writer.reserve(9 * MB))
                .isExactlyInstanceOf(EngineException.class)
                .hasMessageEndingWith("are in use; raise --request-memory-mb");
        out.close();
    }

    @Test
    void tellsThatItsDescriptorHasBeenClosed() {
        assertThat(writer.begin(FRAME)).isTrue();
        out.close(); // Both views have one descriptor, as if an op had closed it.

        assertThatThrownBy(() -> writer.reserve(MB)).isInstanceOf(EngineException.class);
        assertThat(disconnected).isTrue();
    }

    @Test
    void keepsPagesHoweverManyUntilTheyAreWantedElsewhereOrNobodyWantsThem() throws Exception {
        for (int i = 0; i < 3; i++) {
            release(answer(1, 4 * MB));
            memory.tend();
            memory.trim();
        }
        assertThat(LinkLayout.pages(out.memory())).isEqualTo(5 * MB);

        LinkLayout.press(in.memory());
        memory.tend();
        assertThat(LinkLayout.pages(out.memory())).isZero();

        release(answer(1, 4 * MB));
        memory.trim();
        memory.tend();
        assertThat(LinkLayout.pages(out.memory())).isEqualTo(5 * MB);
        memory.trim();
        memory.tend();
        assertThat(LinkLayout.pages(out.memory())).isZero();
        out.close();
    }
}
