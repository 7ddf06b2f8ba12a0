package dev.espalier.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.CallFailedException;
import dev.espalier.engine.CallResult;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.OutgoingCall;
import dev.espalier.engine.Request;
import dev.espalier.link.CallTexts;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.ControlMessage;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.ResultFrame;
import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Calls that a model makes for a request, with the test as the server.
final class RequestCallsTest extends DecoupledFixture {
    private static OutgoingCall call(Request request, int value) throws EngineException {
        OutgoingCall call = request.calls().begin();
        long address = call.reserve(4);
        MemorySegment.ofAddress(address).reinterpret(4).set(JAVA_INT, 0, value);
        call.input("X", DataType.INT32.code(), address, 4, new long[] {1});
        return call;
    }

    private static CompletableFuture<CallResult> send(OutgoingCall call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.send("other", "3", List.of("Z"));
                    } catch (CallFailedException | EngineException | InterruptedException failure) {
                        throw new CompletionException(failure);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
    }

    private CompletionRing awaitCall() {
        CompletionRing ring = rings.get(0);
        // The instance returns before.
        while (!ring.poll() || ring.isReturn()) {
            Thread.onSpinWait();
        }
        assertThat(ring.isCall()).isTrue();
        assertThat(ring.slot()).isEqualTo(SLOT);
        assertThat(ring.generation()).isEqualTo(GENERATION);
        assertThat(ring.member()).isZero();
        return ring;
    }

    @Test
    void tellTheServerWhatIsCalledAndReadWhatItAnswers() throws Exception {
        CompletableFuture<CallResult> result = send(call(only(), 41));
        CompletionRing ring = awaitCall();
        ResultFrame frame = new ResultFrame(out.memory()).read(ring.block(), ring.frameLength());
        assertThat(frame.outputCount()).isEqualTo(2);
        frame.nextOutput();
        byte[] texts = out.memory().asSlice(frame.offset(), frame.byteSize()).toArray(JAVA_BYTE);
        assertThat(CallTexts.decoded(texts, 1))
                .isEqualTo(new CallTexts("other", "3", List.of("X"), List.of("Z")));
        frame.nextOutput();
        assertThat(out.memory().get(JAVA_INT, frame.offset())).isEqualTo(41);
        assertThat(frame.isFinished(GENERATION, ring.lease())).isTrue();

        in.memory().set(JAVA_INT, LinkLayout.BLOCKS + 512, 42);
        TensorSpec spec = TensorSpec.of("Z", DataType.INT32, 1);
        memory.calls()
                .heard(
                        ring.number(),
                        new ControlMessage.CallAnswered(
                                ring.number(),
                                List.of(
                                        new ControlMessage.CallOutput(
                                                spec,
                                                LinkLayout.address(0, LinkLayout.BLOCKS + 512),
                                                4))));
        CallResult answered = result.get(30, TimeUnit.SECONDS);
        CallResult.Output output = answered.outputs().getFirst();
        assertThat(output.tensor()).isEqualTo(spec);
        assertThat(MemorySegment.ofAddress(output.address()).reinterpret(4).get(JAVA_INT, 0))
                .isEqualTo(42);
        int number = ring.number();
        answered.close();
        assertThat(awaitCall().isEmpty()).isTrue();
        assertThat(ring.number()).isEqualTo(number);
    }

    @Test
    void failInTheServersWords() throws Exception {
        CompletableFuture<CallResult> result = send(call(only(), 1));
        int number = awaitCall().number();
        memory.calls()
                .heard(
                        number,
                        new ControlMessage.CallFailed(number, CallFailure.NOT_FOUND, "no 'other'"));
        assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        CallFailedException.class,
                        failure -> {
                            assertThat(failure.failure()).isEqualTo(CallFailure.NOT_FOUND);
                            assertThat(failure).hasMessage("no 'other'");
                        });
    }

    @Test
    void areGivenUpByAThreadThatIsInterrupted() throws Exception {
        OutgoingCall call = call(only(), 1);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                CallResult _ = call.send("other", "", List.of());
                            } catch (Exception failure) {
                                outcome.complete(failure);
                            }
                        });
        int number = awaitCall().number();
        thread.interrupt();
        assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        CompletionRing over = awaitCall();
        assertThat(over.isEmpty()).isTrue();
        assertThat(over.number()).isEqualTo(number);
    }

    /// Nothing of OUT stays taken for one that is not sent, or cannot be told.
    @Test
    void giveTheirMemoryBackWhereTheyAreNotSent() throws Exception {
        Request request = only();
        for (int i = 0; i < 10_000; i++) {
            OutgoingCall abandoned = request.calls().begin();
            long _ = abandoned.reserve(MB);
            abandoned.abandon();
            OutgoingCall large = request.calls().begin();
            assertThatThrownBy(() -> large.send("x".repeat(20_000), "", List.of()))
                    .hasMessage(
                            "the names of a call take up 20008 bytes (expected: at most 16384)");
        }
        OutgoingCall many = request.calls().begin();
        for (int i = 0; i < 200; i++) {
            many.input("X" + i, DataType.INT32.code(), 0, 0, new long[] {0});
        }
        assertThatThrownBy(() -> many.send("other", "", List.of()))
                .hasMessage("200 inputs are more than a call can describe");
        assertThat(next(0).isReturn()).isTrue();
        assertNothing(0);
    }
}
