package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Both ends of the rings, over mappings like those of two processes.
@Timeout(60)
final class RingsTest {
    private static final long SIZE = LinkLayout.BLOCKS + (2 << 20);

    private SharedRegion serverIn;
    private SharedRegion serverOut;
    private SharedRegion workerIn;
    private SharedRegion workerOut;

    @BeforeEach
    void link() throws LinkException {
        serverIn = SharedRegion.createWritable("in", SIZE);
        serverOut = SharedRegion.createForPeer("out", SIZE);
        workerIn = SharedRegion.attach(serverIn.descriptor(), SIZE, false);
        workerOut = SharedRegion.attach(serverOut.descriptor(), SIZE, true);
    }

    @Test
    void carriesExecutionsThereAndBack() throws Exception {
        int rounds = 20_000;
        RequestLane lane = new RequestLane(serverIn, serverOut, 3);
        RequestLaneReader reader = new RequestLaneReader(workerIn, workerOut, 3);
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 0);
        try (Doorbell doorbell = new Doorbell()) {
            CompletionWriter writer =
                    new CompletionWriter(workerIn, workerOut, new int[] {doorbell.descriptor()});
            Thread worker = Thread.ofPlatform().start(() -> echo(reader, writer, rounds));
            int published = 0;
            int completed = 0;
            while (completed < rounds) {
                if (published < rounds && published - completed < LinkLayout.LANE_CAPACITY / 2) {
                    lane.publish(published % LinkLayout.SLOTS, published, published % 100, 1);
                    lane.ring();
                    published++;
                }
                while (ring.poll()) {
                    assertThat(ring.slot()).isEqualTo(completed % LinkLayout.SLOTS);
                    assertThat(ring.generation()).isEqualTo(completed);
                    assertThat(ring.frameLength()).isEqualTo(completed % 100);
                    completed++;
                }
            }
            worker.join();
        }
    }

    private static void echo(RequestLaneReader reader, CompletionWriter writer, int rounds) {
        int done = 0;
        while (done < rounds) {
            if (reader.poll()) {
                writer.complete(0, reader.slot(), reader.generation(), reader.frameLength());
                done++;
            } else {
                reader.sleep();
            }
        }
    }

    @Test
    void takesCompletionsOfManyInstancesAtOnce() throws Exception {
        int threads = 4;
        int each = 200;
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 1);
        CompletionWriter writer = new CompletionWriter(workerIn, workerOut, new int[2]);
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            workers[t] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    writer.complete(1, first + i, 1, 0);
                                }
                            });
        }
        for (Thread worker : workers) {
            worker.join();
        }
        boolean[] seen = new boolean[threads * each];
        while (ring.poll()) {
            assertThat(seen[ring.slot()]).isFalse();
            seen[ring.slot()] = true;
        }
        assertThat(seen).doesNotContain(false);
    }

    @Test
    void ringsASleeperOncePerSleep() throws Exception {
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 0);
        try (Doorbell doorbell = new Doorbell()) {
            CompletionWriter writer =
                    new CompletionWriter(workerIn, workerOut, new int[] {doorbell.descriptor()});
            writer.ring(1);
            assertThat(rung(doorbell)).isZero();
            ring.beginSleep();
            writer.ring(1);
            writer.ring(1);
            assertThat(rung(doorbell)).isEqualTo(1);
            ring.endSleep();
            writer.ring(1);
            ring.beginSleep();
            writer.ring(1);
            assertThat(rung(doorbell)).isEqualTo(1);
        }
    }

    /// Reads and clears an eventfd's count.
    private static long rung(Doorbell doorbell) throws LinkException {
        long read = System.getProperty("os.arch").equals("aarch64") ? 63 : 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(8, 8);
            long _ = LinuxCalls.checked("read", read, doorbell.descriptor(), count.address(), 8);
            return count.get(JAVA_LONG, 0);
        } catch (LinkException wouldBlock) {
            assertThat(wouldBlock).hasMessageContaining("EAGAIN");
            return 0;
        }
    }

    /// The bytes that another build of either side must read: a change here is a new version.
    @Test
    void keepsTheLayoutToTheByte() throws Exception {
        LinkLayout.writeInHeader(serverIn.memory(), 2, SIZE);
        LinkLayout.writeOutHeader(workerOut.memory());
        RequestFrame frame = new RequestFrame(serverIn.memory()).begin(1, 1, 1);
        frame.putWanted(5);
        frame.putInput(2, 11, 2, LinkLayout.BLOCKS + 64, 24);
        frame.putDimension(2);
        frame.putDimension(3);
        new RequestLane(serverIn, serverOut, 1).publish(1, 9, frame.length(), 3);
        ResultFrame result = new ResultFrame(workerOut.memory());
        result.begin(1);
        result.putStarted(9);
        for (int i = 0; i < 4; i++) {
            result.putTime(i, 100 + i);
        }
        assertThat(result.putOutput(5, 11, 1, LinkLayout.BLOCKS + 256, 8)).isTrue();
        result.putDimension(2);
        new CompletionWriter(workerIn, workerOut, new int[1]).complete(0, 1, 9, result.length());

        assertThat(hex(workerIn, 0, 32))
                .isEqualTo("455350414c4945520200000002000000" + "00006001000000000000600100000000");
        assertThat(hex(serverOut, 0, 16)).isEqualTo("455350414c4945520200000000000000");
        assertThat(hex(workerIn, (4 << 20) + (16 << 10), 64))
                .isEqualTo(
                        "0100000001000000"
                                + "0500000000000000"
                                + "020000000b0000000200000000000000"
                                + "40004001000000001800000000000000"
                                + "02000000000000000300000000000000");
        assertThat(hex(workerIn, (128 << 10) + 64 * 32, 20))
                .isEqualTo("0100000001000000090000004000000003000000");
        assertThat(hex(serverOut, (4 << 20) + (16 << 10), 88))
                .isEqualTo(
                        "0000000001000000"
                                + "64000000000000006500000000000000"
                                + "66000000000000006700000000000000"
                                + "0900000000000000"
                                + "050000000b0000000100000000000000"
                                + "00014001000000000800000000000000"
                                + "0200000000000000");
        assertThat(hex(serverOut, 128 << 10, 16)).isEqualTo("01000000010000000900000058000000");

        RequestFrame read = new RequestFrame(workerIn.memory()).read(1, frame.length());
        read.nextInput();
        assertThat(read.wanted(0)).isEqualTo(5);
        assertThat(read.inputIndex()).isEqualTo(2);
        assertThat(read.dimension(1)).isEqualTo(3);
        ResultFrame answer = new ResultFrame(serverOut.memory()).read(1, result.length());
        answer.nextOutput();
        assertThat(answer.shape()).containsExactly(2);
        assertThat(answer.time(3)).isEqualTo(103);
    }

    private static String hex(SharedRegion region, long offset, long length) {
        return HexFormat.of().formatHex(region.memory().asSlice(offset, length).toArray(JAVA_BYTE));
    }

    @AfterEach
    void unlink() {
        workerIn.close();
        workerOut.close();
        serverIn.close();
        serverOut.close();
    }
}
