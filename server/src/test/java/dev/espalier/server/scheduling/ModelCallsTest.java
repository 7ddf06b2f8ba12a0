package dev.espalier.server.scheduling;

import static dev.espalier.link.CompletionWriter.CALL;
import static dev.espalier.link.CompletionWriter.EMPTY;
import static dev.espalier.link.CompletionWriter.LAST;
import static dev.espalier.link.CompletionWriter.RETURN;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.CallTexts;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.memory.FairShare;
import dev.espalier.server.scheduling.EchoWorker.Begun;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls that a worker makes for requests, as it should and as one that lies does. The test says what the worker says.
final class ModelCallsTest extends SchedulerFixture {
    private static final byte[] TEXTS =
            new CallTexts("other", "", List.of("X"), List.of()).encoded();

    private final LinkedBlockingQueue<ControlMessage> replies = new LinkedBlockingQueue<>();

    private void serveCalls() throws Exception {
        serve(single(1, 0));
        link.hearCalls(replies::add);
        worker.leaveWords();
    }

    private CallFailure failure(int number) throws InterruptedException {
        ControlMessage reply = replies.poll(30, SECONDS);
        assertThat(reply).isInstanceOf(ControlMessage.CallFailed.class);
        ControlMessage.CallFailed failed = (ControlMessage.CallFailed) reply;
        assertThat(failed.call()).isEqualTo(number);
        return failed.failure();
    }

    private void awaitLoops() {
        assertThat(onLoop(0, () -> 0)).isZero();
        assertThat(onLoop(1, () -> 0)).isZero();
    }

    private void end(Begun execution, Request request) throws InterruptedException {
        worker.answer(execution, 0, 0, LAST, 0, 5);
        assertThat(List.of(request.told(), request.told())).containsExactly("5", "last");
        worker.say(execution, 0, LinkLayout.ALL_MEMBERS, RETURN | EMPTY, 0);
        awaitLoops();
        assertThat(worker.leases()).isZero();
    }

    @Test
    void reachTheRequestThatTheyAreMadeFor() throws Exception {
        serveCalls();
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 0, 0, 7, TEXTS);
        worker.say(execution, 0, 0, CALL | EMPTY, 7);
        assertThat(List.of(request.told(), request.told()))
                .containsExactly("calls other", "has done with call 7");
        end(execution, request);
        assertThat(link.nonsense()).isZero();
        assertThat(replies).isEmpty();
    }

    @Test
    void haveAnswersThatCountInTheClientsShareUntilTheyAreOver() throws Exception {
        serveCalls();
        FairShare client = new FairShare(budget, "this connection", 1);
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 0, 0, 7, TEXTS);
        assertThat(request.told()).isEqualTo("calls other");
        awaitLoops();
        request.call().countIn(List.of(client));
        long size = MEMORY / 4;
        var _ = request.call().addOutput("SMALL", DataType.UINT8, new long[] {9}, 9);
        assertThat(client.taken()).isZero();
        var _ = request.call().addOutput("LARGE", DataType.UINT8, new long[] {size}, size);
        assertThat(client.taken()).isEqualTo(size);

        client.take(0, MEMORY / 2, false);
        assertThatThrownBy(() ->
                        request.call().addOutput("MORE", DataType.UINT8, new long[] {size}, size))
                .hasMessageContaining("those of this connection have");
        assertThat(client.taken()).isEqualTo(size + MEMORY / 2);
        end(execution, request);
        assertThat(client.taken()).isEqualTo(MEMORY / 2);
    }

    /// No worker of an engine whose models call none says such a thing.
    @Test
    void areNotHeardOfOtherEngines() throws Exception {
        serve(single(1, 0));
        worker.leaveWords();
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 0, 0, 7, TEXTS);
        worker.say(execution, 0, 0, CALL | EMPTY, 7);
        end(execution, request);
        assertThat(link.nonsense()).isEqualTo(2);
    }

    /// Whoever waits is told, whatever the call is.
    @Test
    void comeToNothingForRequestsThatAreOverOrOfAnotherLoop() throws Exception {
        serveCalls();
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 1, 0, 1, TEXTS);
        assertThat(failure(1)).isEqualTo(CallFailure.CANCELLED);
        worker.call(execution, 0, 3, 2, TEXTS);
        assertThat(failure(2)).isEqualTo(CallFailure.CANCELLED);
        worker.call(new Begun(execution.slot(), execution.generation() - 1), 0, 0, 3, TEXTS);
        assertThat(failure(3)).isEqualTo(CallFailure.CANCELLED);
        request.cancel();
        worker.call(execution, 0, 0, 4, TEXTS);
        assertThat(failure(4)).isEqualTo(CallFailure.CANCELLED);
        awaitLoops();
        assertThat(worker.leases()).isZero();
        assertThat(request.isToldNothing()).isTrue();
    }

    @Test
    void comeToNothingWhereTheyCannotBeRead() throws Exception {
        serveCalls();
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 0, 0, 1, new byte[] {1, 0, 0, 0, 'a'});
        assertThat(failure(1)).isEqualTo(CallFailure.FAILED);
        worker.call(execution, 0, 0, 2, new byte[0]);
        assertThat(failure(2)).isEqualTo(CallFailure.FAILED);
        worker.say(execution, 0, 0, CALL, 3);
        assertThat(failure(3)).isEqualTo(CallFailure.BUSY);
        end(execution, request);
        assertThat(link.nonsense()).isEqualTo(3);
    }

    @Test
    void endWithTheirWorker() throws Exception {
        serveCalls();
        Request request = request(2).send();
        Begun execution = worker.begun();
        worker.call(execution, 0, 0, 7, TEXTS);
        assertThat(request.told()).isEqualTo("calls other");
        die();
        assertThat(request.told()).contains("was ended by SIGKILL");
        attachWorker();
        worker.permit(1);
        assertThat(request(4).send().answer()).containsExactly(4);
    }

    /// Each call is answered at most once, and what is taken for them is given back.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void surviveAWorkerThatSaysAnything(long seed) throws Exception {
        serveCalls();
        Random random = new Random(seed);
        Request request = request(2).send();
        Begun execution = worker.begun();
        for (int i = 0; i < 300; i++) {
            byte[] texts = TEXTS.clone();
            texts[random.nextInt(texts.length)] = (byte) random.nextInt();
            Begun named =
                    random.nextInt(4) == 0
                            ? new Begun(random.nextInt(-1, 1100), execution.generation())
                            : execution;
            int loop = random.nextInt(8) == 0 ? 1 : 0;
            int member = random.nextInt(-1, 2);
            if (random.nextBoolean()) {
                worker.call(named, loop, member, random.nextInt(50), texts);
            } else {
                worker.say(named, loop, member, CALL | random.nextInt(8), random.nextInt(50));
            }
        }
        awaitLoops();
        request.cancel();
        worker.say(execution, 0, 0, LAST | EMPTY, 0);
        worker.say(execution, 0, LinkLayout.ALL_MEMBERS, RETURN | EMPTY, 0);
        CountDownLatch drained = new CountDownLatch(1);
        scheduler.retire(drained::countDown);
        assertThat(drained.await(30, SECONDS)).isTrue();
        assertThat(worker.leases()).isZero();
    }
}
