package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Both ends of the rings, over mappings like those of two processes.
@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
final class RingsTest {
    private static final long SIZE = LinkLayout.BLOCKS + (2 << 20);

    @Parameter LinkKind kind;

    private BothEnds ends;
    private SharedRegion serverIn;
    private SharedRegion serverOut;
    private SharedRegion workerIn;
    private SharedRegion workerOut;

    @BeforeEach
    void link() throws Exception {
        ends = new BothEnds(kind, SIZE);
        serverIn = ends.serverIn;
        serverOut = ends.serverOut;
        workerIn = ends.workerIn;
        workerOut = ends.workerOut;
    }

    /// As the control socket's reader on either side does, until the end.
    private static void listen(ControlSocket socket) {
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        while (true) {
                            socket.receive();
                        }
                    } catch (IOException over) {
                        assertThat(over).isNotNull();
                    }
                });
    }

    @Test
    void carriesExecutionsThereAndBack() throws Exception {
        int rounds = 20_000;
        Doorbells serverBells = silent();
        RequestLane lane = new RequestLane(serverIn, serverOut, 3, serverBells);
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 0);
        try (Doorbell doorbell = new Doorbell()) {
            Doorbells bells = workerDoorbells(doorbell);
            RequestLaneReader reader = new RequestLaneReader(workerIn, workerOut, 3, bells);
            CompletionWriter writer = new CompletionWriter(workerIn, workerOut, 1, bells);
            listen(ends.worker);
            listen(ends.server);
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
                    assertThat(ring.block()).isEqualTo(completed + 1);
                    assertThat(ring.lease()).isEqualTo(-completed);
                    assertThat(ring.frameLength()).isEqualTo(completed % 100);
                    assertThat(ring.member()).isEqualTo(LinkLayout.ALL_MEMBERS);
                    assertThat(ring.number()).isZero();
                    assertThat(ring.isLast()).isTrue();
                    completed++;
                }
            }
            worker.join();
        }
    }

    /// Those of one loop.
    private Doorbells workerDoorbells(Doorbell doorbell) throws LinkException {
        return ends.worker.workerDoorbells(
                workerIn, 1, kind == LinkKind.LINUX ? List.of(doorbell.handle()) : List.of());
    }

    /// Those that nobody has to hear.
    private Doorbells silent() {
        return ends.server.serverDoorbells(serverIn, _ -> {});
    }

    /// A sleep that nobody ends lasts a second.
    @Test
    void rousesASleeperOfTheSameProcess() throws Exception {
        int sleeps = 20;
        try (Doorbell doorbell = new Doorbell()) {
            RequestLaneReader reader =
                    new RequestLaneReader(workerIn, workerOut, 3, workerDoorbells(doorbell));
            long begun = System.nanoTime();
            Thread sleeper =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < sleeps; i++) {
                                    reader.sleep();
                                }
                            });
            while (!sleeper.join(Duration.ofMillis(5))) {
                reader.rouse();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(sleeps / 2));
        }
    }

    /// One request at a time, each for an instance that sleeps: a ring that is lost costs a second.
    @Test
    void wakesAnInstanceForEachRequest() throws Exception {
        int rounds = 20;
        RequestLane lane = new RequestLane(serverIn, serverOut, 0, silent());
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 0);
        try (Doorbell doorbell = new Doorbell()) {
            Doorbells bells = workerDoorbells(doorbell);
            RequestLaneReader reader = new RequestLaneReader(workerIn, workerOut, 0, bells);
            CompletionWriter writer = new CompletionWriter(workerIn, workerOut, 1, bells);
            listen(ends.worker);
            Thread worker = Thread.ofPlatform().start(() -> echo(reader, writer, rounds));
            long begun = System.nanoTime();
            for (int round = 0; round < rounds; round++) {
                while ((serverOut.memory().get(JAVA_INT, LinkLayout.laneSleep(0)) & 1) == 0) {
                    Thread.onSpinWait();
                }
                lane.publish(0, round, 0, 1);
                lane.ring();
                while (!ring.poll()) {
                    Thread.onSpinWait();
                }
            }
            worker.join();
            assertThat(System.nanoTime() - begun).isLessThan(rounds * 500_000_000L);
        }
    }

    private static void echo(RequestLaneReader reader, CompletionWriter writer, int rounds) {
        int done = 0;
        while (done < rounds) {
            if (reader.poll()) {
                writer.complete(
                        0,
                        reader.slot(),
                        reader.generation(),
                        done + 1,
                        -done,
                        reader.frameLength());
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
        CompletionWriter writer = new CompletionWriter(workerIn, workerOut, 2, silent());
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            workers[t] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    writer.complete(1, first + i, 1, 0, 0, 0);
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
                    new CompletionWriter(workerIn, workerOut, 1, workerDoorbells(doorbell));
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

    /// How often the loop has been rung since the last time.
    private long rung(Doorbell doorbell) throws Exception {
        return kind == LinkKind.LINUX ? read(doorbell) : ringsAtTheServer();
    }

    /// Those before the next frame on the control socket.
    private long ringsAtTheServer() throws Exception {
        AtomicInteger rings = new AtomicInteger();
        Doorbells _ = ends.server.serverDoorbells(serverIn, _ -> rings.incrementAndGet());
        ends.worker.send(new byte[0]);
        ControlSocket.Frame _ = ends.server.receive();
        return rings.get();
    }

    /// Reads and clears an eventfd's count.
    private static long read(Doorbell doorbell) throws LinkException {
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

    // --- releases

    @Test
    void givesAnswersBackInOrder() throws Exception {
        ReleaseRing ring = new ReleaseRing(serverIn, serverOut, 3);
        ReleaseReader reader = new ReleaseReader(workerIn, workerOut, 3);
        assertThat(reader.poll()).isFalse();
        for (int round = 0; round < 3 * LinkLayout.RELEASES_CAPACITY; round++) {
            assertThat(ring.release(round, -round)).isTrue();
            assertThat(reader.poll()).isTrue();
            assertThat(reader.block()).isEqualTo(round);
            assertThat(reader.lease()).isEqualTo(-round);
            assertThat(reader.poll()).isFalse();
        }
    }

    @Test
    void losesNoReleaseOfSeveralThreads() throws Exception {
        int threads = 3;
        int each = 3000;
        ReleaseRing ring = new ReleaseRing(serverIn, serverOut, 0);
        ReleaseReader reader = new ReleaseReader(workerIn, workerOut, 0);
        Thread[] loops = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            loops[t] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < each; i++) {
                                    assertThat(ring.release(first + i, ~(first + i))).isTrue();
                                }
                            });
        }
        boolean[] seen = new boolean[threads * each];
        int taken = 0;
        while (taken < seen.length) {
            if (reader.poll()) {
                assertThat(seen[reader.block()]).isFalse();
                assertThat(reader.lease()).isEqualTo(~reader.block());
                seen[reader.block()] = true;
                taken++;
            } else {
                ring.flush();
            }
        }
        for (Thread loop : loops) {
            loop.join();
        }
    }

    @Test
    void keepsReleasesForAWorkerThatIsBehind() throws Exception {
        ReleaseRing ring = new ReleaseRing(serverIn, serverOut, 0);
        ReleaseReader reader = new ReleaseReader(workerIn, workerOut, 0);
        int count = 5 * LinkLayout.RELEASES_CAPACITY / 2;
        for (int i = 0; i < count; i++) {
            assertThat(ring.release(i, i)).isTrue();
        }
        int taken = 0;
        while (taken < count) {
            while (reader.poll()) {
                assertThat(reader.lease()).isEqualTo(taken);
                taken++;
            }
            ring.flush();
        }
        assertThat(reader.poll()).isFalse();
    }

    /// Such a worker harms itself: it runs out of memory, or is ended.
    @Test
    void givesNothingBackTwiceToAWorkerThatLies() throws Exception {
        ReleaseRing ring = new ReleaseRing(serverIn, serverOut, 0);
        ReleaseReader reader = new ReleaseReader(workerIn, workerOut, 0);
        for (int lie : new int[] {1, -5000, Integer.MAX_VALUE, Integer.MIN_VALUE, 100_000}) {
            workerOut.memory().set(JAVA_INT, LinkLayout.releasesTaken(0), lie);
            assertThat(ring.release(7, 7)).isTrue();
            assertThat(reader.poll()).isFalse();
        }
        boolean told = true;
        for (int i = 0; told && i < 1 << 20; i++) {
            told = ring.release(7, 7);
        }
        assertThat(told).isFalse();
    }

    @Test
    void tellsTheNextWorkerNothingOfTheLeasesOfTheOneBefore() throws Exception {
        ReleaseRing before = new ReleaseRing(serverIn, serverOut, 0);
        assertThat(before.release(1, 1)).isTrue();
        before.close();
        ReleaseRing.clear(serverIn, 0);
        assertThat(before.release(2, 2)).isTrue();
        ReleaseReader reader = new ReleaseReader(workerIn, workerOut, 0);
        assertThat(reader.poll()).isFalse();

        assertThat(new ReleaseRing(serverIn, serverOut, 0).release(3, 3)).isTrue();
        assertThat(reader.poll()).isTrue();
        assertThat(reader.lease()).isEqualTo(3);
    }

    /// The bytes that another build of either side must read: a change here is a new version.
    @Test
    void keepsTheLayoutToTheByte() throws Exception {
        LinkLayout.writeInHeader(serverIn.memory(), 2, SIZE, 64, 1 << 20);
        LinkLayout.writeOutHeader(workerOut.memory());
        RequestFrame frame = new RequestFrame(serverIn.memory()).begin(1, 1, 1, 2);
        frame.putWanted(5);
        frame.putMember(1, 0);
        frame.putMember(2, 1);
        frame.putInput(2, 11, 2, LinkLayout.BLOCKS + 64, 24);
        frame.putDimension(2);
        frame.putDimension(3);
        new RequestLane(serverIn, serverOut, 1, silent()).publish(1, 9, frame.length(), 3);
        int block = LinkLayout.block(LinkLayout.OUT_BLOCKS + 1024);
        new StartedExecutions(workerOut).put(1, 9);
        ResultFrame result = new ResultFrame(workerOut.memory());
        result.begin(block, 1024);
        for (int i = 0; i < 4; i++) {
            result.putTime(i, 100 + i);
        }
        assertThat(result.putOutput(5, 11, 1, LinkLayout.OUT_BLOCKS + 256, 8)).isTrue();
        result.putDimension(2);
        result.putFinished(9, 7);
        CompletionWriter writer = new CompletionWriter(workerIn, workerOut, 1, silent());
        writer.complete(0, 1, 9, block, 7, result.length());
        int lastWord = CompletionWriter.LAST | CompletionWriter.EMPTY;
        writer.tell(0, 1, 9, LinkLayout.NO_BLOCK, 0, 0, 1, lastWord, 2);
        CompletionRing ring = new CompletionRing(serverIn, serverOut, 0);
        assertThat(ring.poll()).isTrue();
        ring.tellTaken();
        new CancelWords(serverIn).cancel(1, 9, 33);
        assertThat(new ReleaseRing(serverIn, serverOut, 1).release(block, 7)).isTrue();
        assertThat(new ReleaseReader(workerIn, workerOut, 1).poll()).isTrue();
        LinkLayout.press(serverIn.memory());
        LinkLayout.putPages(workerOut.memory(), 1 << 20);

        assertThat(hex(workerIn, 0, 48))
                .isEqualTo(
                        "455350414c4945520500000002000000"
                                + "00006001000000000000600100000000"
                                + "40000000000000000000100000000000");
        assertThat(hex(serverOut, 0, 16)).isEqualTo("455350414c4945520500000000000000");
        assertThat(hex(workerIn, (4 << 10) + 64, 4)).isEqualTo("01000000");
        assertThat(hex(workerIn, (4 << 20) + (16 << 10), 88))
                .isEqualTo(
                        "01000000010000000200000000000000"
                                + "0500000000000000"
                                + "0100000000000000"
                                + "0200000001000000"
                                + "020000000b0000000200000000000000"
                                + "40004001000000001800000000000000"
                                + "02000000000000000300000000000000");
        assertThat(hex(workerIn, (128 << 10) + 64 * 32, 20))
                .isEqualTo("0100000001000000090000005800000003000000");
        assertThat(hex(workerIn, 64, 4)).isEqualTo("01000000");
        assertThat(hex(workerIn, (2304 << 10) + 2048 * 16, 12))
                .isEqualTo("010000000440000007000000");
        assertThat(hex(workerIn, (3328 << 10) + 128, 16))
                .isEqualTo("09000000000000000000000002000000");
        assertThat(hex(serverOut, 128, 8)).isEqualTo("0000100000000000");
        assertThat(hex(serverOut, (68 << 10) + 64, 4)).isEqualTo("09000000");
        assertThat(hex(serverOut, (132 << 10) + 64, 4)).isEqualTo("01000000");
        assertThat(hex(serverOut, (4 << 20) + 1024, 88))
                .isEqualTo(
                        "0000000001000000"
                                + "64000000000000006500000000000000"
                                + "66000000000000006700000000000000"
                                + "0900000007000000"
                                + "050000000b0000000100000000000000"
                                + "00014000000000000800000000000000"
                                + "0200000000000000");
        assertThat(hex(serverOut, 256 << 10, 32))
                .isEqualTo("01000000010000000900000004400000" + "0700000058000000ffff010000000000");
        assertThat(hex(serverOut, (256 << 10) + 32, 32))
                .isEqualTo("02000000010000000900000000000000" + "00000000000000000100030002000000");

        RequestFrame read = new RequestFrame(workerIn.memory()).read(1, frame.length());
        read.nextInput();
        assertThat(read.wanted(0)).isEqualTo(5);
        assertThat(read.memberCount()).isEqualTo(2);
        assertThat(read.rows(1)).isEqualTo(2);
        assertThat(read.loop(1)).isEqualTo(1);
        assertThat(read.inputIndex()).isEqualTo(2);
        assertThat(read.dimension(1)).isEqualTo(3);
        ResultFrame answer = new ResultFrame(serverOut.memory()).read(block, result.length());
        answer.nextOutput();
        assertThat(answer.shape()).containsExactly(2);
        assertThat(answer.time(3)).isEqualTo(103);
        assertThat(answer.isFinished(9, 7)).isTrue();
        assertThat(answer.isFinished(9, 8)).isFalse();
        assertThat(answer.isFinished(8, 7)).isFalse();
        assertThat(ring.poll()).isTrue();
        assertThat(ring.member()).isEqualTo(1);
        assertThat(ring.number()).isEqualTo(2);
        assertThat(ring.isLast()).isTrue();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.isReturn()).isFalse();
        assertThat(new CancelWords(workerIn).isCancelled(1, 9, 33)).isTrue();
        assertThat(new CancelWords(workerIn).isCancelled(1, 9, 1)).isFalse();
        assertThat(new CancelWords(workerIn).isCancelled(1, 8, 33)).isFalse();
    }

    private static String hex(SharedRegion region, long offset, long length) {
        return HexFormat.of().formatHex(region.memory().asSlice(offset, length).toArray(JAVA_BYTE));
    }

    @AfterEach
    void unlink() {
        ends.close();
    }
}
