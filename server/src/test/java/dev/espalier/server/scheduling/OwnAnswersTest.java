package dev.espalier.server.scheduling;

import static dev.espalier.link.CompletionWriter.EMPTY;
import static dev.espalier.link.CompletionWriter.LAST;
import static dev.espalier.link.CompletionWriter.RETURN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkLayout;
import dev.espalier.server.config.UnreadLimit;
import dev.espalier.server.metrics.StatisticsSnapshot;
import dev.espalier.server.scheduling.EchoWorker.Begun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that are answered each for itself: by a worker as it should be, and by one that lies. The test says what the
/// worker says.
final class OwnAnswersTest extends SchedulerFixture {
    private static final String CANNOT_BE_READ = "worker test gave a result that cannot be read: ";

    private void serveWords(SchedulingPolicy policy) throws Exception {
        serve(policy);
        worker.leaveWords();
    }

    private void goOn(Begun execution, int loop) {
        worker.say(execution, loop, LinkLayout.ALL_MEMBERS, RETURN | EMPTY, 0);
    }

    private void awaitDrained() throws InterruptedException {
        CountDownLatch drained = new CountDownLatch(1);
        scheduler.retire(drained::countDown);
        assertThat(drained.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /// Waits until the loops have heard what has been said.
    private void awaitLoop() {
        assertThat(onLoop(0, () -> 0)).isZero();
        assertThat(onLoop(1, () -> 0)).isZero();
    }

    @Test
    void countsEachRequestOnceAndItsExecution() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request one = request(2).send();
        Request two = request(4).send();
        Begun execution = worker.begun();
        worker.answer(execution, 0, 1, 0, 0, 10);
        assertThat(two.told()).isEqualTo("10");
        worker.answer(execution, 0, 0, LAST, 0, 20);
        assertThat(one.told()).isEqualTo("20");
        assertThat(one.told()).isEqualTo("last");
        StatisticsSnapshot counted = statistics.snapshot("echo", "1");
        assertThat(counted.success().count()).isOne();
        assertThat(counted.executionCount()).isOne();
        worker.answer(execution, 0, 1, LAST, 1, -1);
        assertThat(two.told()).isEqualTo("less than none");
        counted = statistics.snapshot("echo", "1");
        assertThat(counted.success().count()).isOne();
        assertThat(counted.fail().count()).isOne();
        assertThat(counted.inferenceCount()).isOne();
        goOn(execution, 0);
        awaitDrained();
        assertThat(worker.leases()).isZero();
        assertThat(link.nonsense()).isZero();
    }

    /// What an instance has begun and returned from does not keep it from others; what it has not, does.
    @Test
    void givesTheInstanceToTheNextWhenItReturns() throws Exception {
        serveWords(single(1, 0));
        Request first = request(2).send();
        Begun begun = worker.begun();
        Request second = request(4).send();
        goOn(begun, 0);
        Begun next = worker.begun();
        worker.say(next, 0, 0, LAST | EMPTY, 0);
        assertThat(second.told()).isEqualTo("finished");
        worker.answer(begun, 0, 0, LAST, 0, 1);
        assertThat(first.told()).isEqualTo("1");
        goOn(next, 0);
        awaitDrained();
    }

    /// More of them than may have slots at a time.
    @Test
    void keepsHalfOfTheSlotsFromThoseThatLast() throws Exception {
        serveWords(single(2000, 0));
        List<Begun> open = new ArrayList<>();
        int lasting = LinkLayout.SLOTS / 2;
        for (int i = 0; i < lasting; i++) {
            Request _ = request(2).send();
            open.add(worker.begun());
            goOn(open.getLast(), 0);
        }
        awaitLoop();
        Request waiting = request(2).send();
        int slot = link.takeSlot(false, () -> {});
        assertThat(slot).isNotNegative();
        assertThat(waiting.isToldNothing()).isTrue();
        worker.say(open.getFirst(), 0, 0, LAST | EMPTY, 0);
        Begun last = worker.begun();
        worker.say(last, 0, 0, LAST | EMPTY, 0);
        assertThat(waiting.told()).isEqualTo("finished");
    }

    @Test
    void tellsTheWorkerOfARequestThatNobodyWaitsFor() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request one = request(2).send();
        Request two = request(3).send();
        Begun execution = worker.begun();
        one.cancel();
        assertThat(worker.isCancelled(execution, 0)).isTrue();
        assertThat(worker.isCancelled(execution, 1)).isFalse();
        // It may not have looked yet.
        worker.answer(execution, 0, 0, 0, 0, 1);
        worker.answer(execution, 0, 0, LAST, 1, 1);
        worker.answer(execution, 1, 1, LAST, 0, 5);
        assertThat(two.told()).isEqualTo("5");
        goOn(execution, 0);
        awaitDrained();
        assertThat(one.isToldNothing()).isTrue();
        assertThat(worker.leases()).isZero();
    }

    @Test
    void runsARequestWithoutAnswersOnceMoreAndNoOther() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request answered = request(2).send();
        Request not = request(4).send();
        Begun execution = worker.begun();
        worker.answer(execution, 0, 0, 0, 0, 7);
        assertThat(answered.told()).isEqualTo("7");
        die();
        assertThat(answered.told())
                .isEqualTo(
                        "model 'echo': worker test was ended by SIGKILL after 1 answer to this request, which is not run twice");
        attachWorker();
        worker.permit(1);
        assertThat(not.answer()).containsExactly(4);
        assertThat(answered.isToldNothing()).isTrue();
    }

    // --- a worker that lies

    @Test
    void failsOneRequestForANumberThatIsNotTheNext() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request one = request(2).send();
        Request two = request(4).send();
        Begun execution = worker.begun();
        worker.answer(execution, 0, 0, 0, 1, 7);
        assertThat(one.told()).isEqualTo(CANNOT_BE_READ + "answer 1 of a request (expected: 0)");
        awaitLoop();
        assertThat(worker.isCancelled(execution, 0)).isTrue();
        // Nothing of it counts any more but its end.
        worker.answer(execution, 0, 0, 0, 0, 8);
        worker.answer(execution, 0, 0, LAST, 1, 8);
        worker.answer(execution, 0, 1, LAST, 0, 9);
        assertThat(two.told()).isEqualTo("9");
        goOn(execution, 0);
        awaitDrained();
        assertThat(one.isToldNothing()).isTrue();
        assertThat(link.nonsense()).isOne();
        assertThat(worker.leases()).isZero();
    }

    @Test
    void hearsNothingAfterALastWord() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request one = request(2).send();
        Request two = request(4).send();
        Begun execution = worker.begun();
        worker.answer(execution, 0, 0, LAST, 0, 1);
        worker.answer(execution, 0, 0, LAST, 1, 2);
        worker.say(execution, 0, 0, LAST | EMPTY, 1);
        goOn(execution, 0);
        goOn(execution, 0);
        assertThat(one.told()).isEqualTo("1");
        assertThat(one.told()).isEqualTo("last");
        worker.answer(execution, 0, 1, 0, 0, 3);
        assertThat(two.told()).isEqualTo("3");
        assertThat(one.isToldNothing()).isTrue();
        assertThat(link.nonsense()).isEqualTo(3);
        worker.say(execution, 0, 1, LAST | EMPTY, 1);
        assertThat(two.told()).isEqualTo("finished");
        awaitDrained();
        worker.answer(execution, 0, 1, 0, 1, 3);
        awaitLoop();
        assertThat(two.isToldNothing()).isTrue();
    }

    @Test
    void failsAnExecutionForAnAnswerToARequestThatItHasNot() throws Exception {
        serveWords(single(1, 0));
        Request one = request(2).send();
        worker.answer(worker.begun(), 0, 3, LAST, 0, 1);
        assertThat(one.told())
                .isEqualTo(
                        CANNOT_BE_READ
                                + "an answer for request 3 of 1 (expected: one of this loop's)");
        Request other = request(4).send();
        // Of the other loop's.
        worker.answer(worker.begun(), 1, 0, LAST, 0, 1);
        awaitLoop();
        assertThat(other.isToldNothing()).isTrue();
        assertThat(link.nonsense()).isEqualTo(2);
    }

    @Test
    void failsARequestWithMoreUnreadThanTheWorkerMaySend() throws Exception {
        serveWords(single(1, 0));
        Request slow = request(2).unread().send();
        Begun execution = worker.begun();
        int most = UnreadLimit.DEFAULT.answers();
        for (int i = 0; i < most; i++) {
            worker.answer(execution, 0, 0, 0, i, i);
            assertThat(slow.told()).isEqualTo(Integer.toString(i));
        }
        slow.readOne();
        worker.answer(execution, 0, 0, 0, most, 0);
        assertThat(slow.told()).isEqualTo("0");
        worker.answer(execution, 0, 0, 0, most + 1, 0);
        assertThat(slow.told())
                .isEqualTo(
                        CANNOT_BE_READ
                                + "one more answer while 64 are unread (expected: at most that many)");
        awaitLoop();
        assertThat(worker.isCancelled(execution, 0)).isTrue();
    }

    @Test
    void takesNoAnswerForAllAfterOneForOneRequest() throws Exception {
        serveWords(batching(2, 1L << 60));
        Request one = request(2).send();
        Request two = request(4).send();
        Begun execution = worker.begun();
        worker.answer(execution, 0, 0, 0, 0, 1);
        worker.answer(execution, 0, LinkLayout.ALL_MEMBERS, LAST, 0, 2);
        worker.answer(execution, 0, 1, LAST, 0, 3);
        worker.answer(execution, 0, 0, LAST, 1, 4);
        assertThat(List.of(one.told(), one.told(), one.told())).containsExactly("1", "4", "last");
        assertThat(List.of(two.told(), two.told())).containsExactly("3", "last");
        assertThat(link.nonsense()).isOne();
    }

    @Test
    void saysNothingAsNoAnswerOnlyAtTheEnd() throws Exception {
        serveWords(single(1, 0));
        Request one = request(2).send();
        worker.say(worker.begun(), 0, 0, EMPTY, 0);
        assertThat(one.told()).isEqualTo(CANNOT_BE_READ + "nothing, and not as the last word");
    }

    /// Whatever it says, each request is told at most one end, its answers before that in order, and never another's.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesAWorkerThatSaysAnything(long seed) throws Exception {
        serveWords(batching(3, 1L << 60));
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            List<Request> requests =
                    List.of(request(2).send(), request(3).send(), request(4).send());
            Begun execution = worker.begun();
            int[] next = new int[3];
            for (int i = 0; i < 40; i++) {
                int member = random.nextInt(-1, 4);
                int loop = member == 1 || random.nextInt(10) == 0 ? 1 : 0;
                boolean known = member >= 0 && member < 3;
                int number = random.nextInt(6) == 0 ? random.nextInt() : known ? next[member]++ : 0;
                int words = random.nextInt(8) == 0 ? random.nextInt(8) : 0;
                if (random.nextInt(12) == 0) {
                    worker.say(execution, loop, member, words, number);
                } else {
                    worker.answer(execution, loop, member, words, number, 100 * (member + 1) + i);
                }
            }
            awaitLoop();
            for (int member = 0; member < 3; member++) {
                check(requests.get(member), member);
            }
            die();
            for (Request request : requests) {
                request.cancel();
            }
            attachWorker();
            worker.leaveWords();
        }
    }

    private static void check(Request request, int member) throws InterruptedException {
        int before = -1;
        boolean ended = false;
        while (!request.isToldNothing()) {
            String told = request.told();
            assertThat(ended).as("told '%s' after its end", told).isFalse();
            if (told.matches("\\d+")) {
                int value = Integer.parseInt(told);
                assertThat(value / 100 - 1).isEqualTo(member);
                assertThat(value).isGreaterThan(before);
                before = value;
            } else {
                ended = true;
            }
        }
    }
}
