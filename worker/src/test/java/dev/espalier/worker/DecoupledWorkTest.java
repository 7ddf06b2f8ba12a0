package dev.espalier.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.Answer;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Request;
import dev.espalier.link.CancelWords;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of the words of a model that answers each request for itself.
final class DecoupledWorkTest extends DecoupledFixture {
    @Test
    void saysThatTheInstanceGoesOnBeforeTheRequestIsOver() throws Exception {
        Request request = only();
        assertThat(next(0).isReturn()).isTrue();
        assertThat(memory.started()).isNotNull();
        assertThat(request.isRequested(1)).isTrue();
        assertThat(request.isRequested(0)).isFalse();
        assertThat(
                        MemorySegment.ofAddress(request.inputs().address(0))
                                .reinterpret(4)
                                .get(JAVA_INT, 0))
                .isEqualTo(41);

        assertThat(answer(request, 7).send()).isTrue();
        Word word = next(0);
        assertThat(word.text()).isEqualTo("7");
        assertThat(word.number()).isZero();
        assertThat(word.member()).isZero();
        assertThat(word.last()).isFalse();
        answer(request, 8).sendLast();
        word = next(0);
        assertThat(word.text()).isEqualTo("8");
        assertThat(word.number()).isEqualTo(1);
        assertThat(word.last()).isTrue();
        assertNothing(0);
    }

    @Test
    void saysOneLastWord() throws Exception {
        Request request = only();
        Answer left = answer(request, 1);
        Answer other = answer(request, 1);
        request.finish();
        Word _ = next(0);
        Word word = next(0);
        assertThat(word.last() && word.empty()).isTrue();
        assertThat(word.number()).isZero();
        assertThat(request.isCancelled()).isTrue();
        for (ThrowingWord said :
                List.<ThrowingWord>of(
                        request::finish,
                        () -> request.fail(new EngineException("late")),
                        request::answer,
                        left::send,
                        other::sendLast)) {
            assertThatThrownBy(said::say)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the request has had its last word");
        }
        left.abandon();
        assertNothing(0);
    }

    private interface ThrowingWord {
        void say() throws EngineException;
    }

    @Test
    void anAnswerIsSentOnce() throws Exception {
        Request request = only();
        Answer answer = answer(request, 1);
        assertThat(answer.send()).isTrue();
        assertThatThrownBy(answer::send).hasMessage("the answer has been sent or abandoned");
        assertThatThrownBy(() -> answer.reserve(1))
                .hasMessage("the answer has been sent or abandoned");
        answer.abandon();
        Word _ = next(0);
        assertThat(next(0).text()).isEqualTo("1");
    }

    @Test
    void failsWhatARunLeavesOpen() throws Exception {
        Request request =
                only(
                        instance(begun -> {
                            boolean _ = answer(begun.getFirst(), 3).send();
                            throw new EngineException("no more");
                        }));
        assertThat(next(0).text()).isEqualTo("3");
        Word word = next(0);
        assertThat(word.text()).isEqualTo("no more");
        assertThat(word.last()).isTrue();
        assertThat(next(0).isReturn()).isTrue();
        // A thread of the model's may not have noticed.
        assertThat(request.isCancelled()).isTrue();
        assertThat(answer(request, 4).send()).isFalse();
        request.finish();
        assertNothing(0);
    }

    @Test
    void survivesARunThatFails() throws Exception {
        Request _ =
                only(
                        instance(begun -> {
                            throw new IllegalStateException("oops");
                        }));
        assertThat(next(0).text()).contains("the worker failed: ").contains("oops");
        assertThat(next(0).isReturn()).isTrue();
    }

    @Test
    void waitsUntilItsClientHasRead() throws Exception {
        Request request = only();
        Word _ = next(0);
        List<Word> unread = new ArrayList<>();
        for (int i = 0; i < MOST_UNREAD; i++) {
            assertThat(answer(request, i).send()).isTrue();
            unread.add(next(0));
        }
        Answer further = answer(request, MOST_UNREAD);
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                assertThat(further.send()).isTrue();
                            } catch (EngineException failure) {
                                throw new IllegalStateException(failure);
                            }
                        });
        awaitState(sender, Thread.State.TIMED_WAITING);
        assertNothing(0);
        release(0, unread.getFirst());
        assertThat(next(0).text()).isEqualTo(Integer.toString(MOST_UNREAD));
        sender.join();
        // The last word does not wait.
        answer(request, 9).sendLast();
        assertThat(next(0).last()).isTrue();
    }

    @Test
    void waitsForBytesAsForAnswers() throws Exception {
        Request request = only();
        Word _ = next(0);
        Answer large = request.answer();
        long address = large.reserve(MB);
        large.outputs().set(1, DataType.INT8.code(), address, MB, 1);
        large.outputs().dimension(1, 0, MB);
        assertThat(large.send()).isTrue();
        Word word = next(0);
        AtomicInteger sent = new AtomicInteger();
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                boolean _ = answer(request, 1).send();
                                sent.incrementAndGet();
                            } catch (EngineException failure) {
                                throw new IllegalStateException(failure);
                            }
                        });
        awaitState(sender, Thread.State.TIMED_WAITING);
        assertThat(sent).hasValue(0);
        release(0, word);
        sender.join();
        assertThat(sent).hasValue(1);
    }

    @Test
    void dropsWhatNobodyWaitsFor() throws Exception {
        Request request = only();
        Word _ = next(0);
        assertThat(request.isCancelled()).isFalse();
        new CancelWords(in).cancel(SLOT, GENERATION, 0);
        assertThat(request.isCancelled()).isTrue();
        for (int i = 0; i < 20_000; i++) {
            // More than the memory holds.
            assertThat(answer(request, i).send()).isFalse();
        }
        assertNothing(0);
        answer(request, 1).sendLast();
        Word word = next(0);
        assertThat(word.last() && word.empty()).isTrue();
    }

    @Test
    void endsTheWaitOfACancelledRequest() throws Exception {
        Request request = only();
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                while (answer(request, 0).send()) {
                                    Thread.onSpinWait();
                                }
                                request.finish();
                            } catch (EngineException failure) {
                                throw new IllegalStateException(failure);
                            }
                        });
        awaitState(sender, Thread.State.TIMED_WAITING);
        new CancelWords(in).cancel(SLOT, GENERATION, 0);
        sender.join();
        int words = 0;
        while (!next(0).last()) {
            words++;
        }
        assertThat(words).isEqualTo(1 + MOST_UNREAD);
    }

    @Test
    void failsARequestThatHoldsUpOthers() throws Exception {
        // Behind the first, as the instance finds it when it waits.
        Request request =
                only(
                        instance(begun -> {
                            lane.publish(6, GENERATION, 16, 1);
                            while (answer(begun.getFirst(), 0).send()) {
                                Thread.onSpinWait();
                            }
                            begun.getFirst().finish();
                        }));
        for (int i = 0; i < MOST_UNREAD; i++) {
            assertThat(next(0).last()).isFalse();
        }
        Word word = next(0);
        assertThat(word.last()).isTrue();
        assertThat(word.text())
                .isEqualTo(
                        "its client left 3 answers unread while other requests waited for the model's instance, for 5000 ms");
        assertThat(next(0).isReturn()).isTrue();
        assertNothing(0);
        assertThat(request.isCancelled()).isTrue();
    }

    @Test
    void numbersTheAnswersOfManyThreads() throws Exception {
        int threads = 4;
        int each = 500;
        Request request = only();
        Word _ = next(0);
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t * each;
            senders.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < each; i++) {
                                        assertThat(answer(request, first + i).send()).isTrue();
                                    }
                                } catch (EngineException failure) {
                                    throw new IllegalStateException(failure);
                                }
                            }));
        }
        int[] lastOf = {-1, -1, -1, -1};
        for (int number = 0; number < threads * each; number++) {
            Word word = next(0);
            assertThat(word.number()).isEqualTo(number);
            int value = Integer.parseInt(word.text());
            assertThat(value % each).isEqualTo(lastOf[value / each] + 1);
            lastOf[value / each] = value % each;
            release(0, word);
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    @Test
    void partsABatchIntoItsRequests() throws Exception {
        byte[] strings = {1, 0, 0, 0, 'a', 0, 0, 0, 0, 3, 0, 0, 0, 'b', 'c', 'd'};
        MemorySegment.copy(
                MemorySegment.ofArray(strings), 0, in.memory(), LinkLayout.BLOCKS, strings.length);
        RequestFrame frame = new RequestFrame(in.memory()).begin(SLOT, 1, 1, 2);
        frame.putWanted(1);
        frame.putMember(2, 1);
        frame.putMember(1, 0);
        frame.putInput(0, DataType.BYTES.code(), 1, LinkLayout.BLOCKS, strings.length);
        frame.putDimension(3);
        execute(instance(begun -> {}), DataType.BYTES, frame, 3);

        assertThat(next(0).isReturn()).isTrue();
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).inputs().byteSize(0)).isEqualTo(9);
        assertThat(requests.get(0).inputs().dimension(0, 0)).isEqualTo(2);
        assertThat(requests.get(1).inputs().byteSize(0)).isEqualTo(7);
        assertThat(requests.get(1).inputs().address(0))
                .isEqualTo(requests.get(0).inputs().address(0) + 9);
        requests.get(1).finish();
        requests.get(0).fail(new EngineException("the first"));
        assertThat(next(0).member()).isEqualTo(1);
        Word word = next(1);
        assertThat(word.member()).isZero();
        assertThat(word.text()).isEqualTo("the first");
    }

    @Test
    void hasWordsForWhatCannotBeTold() throws Exception {
        Request request = only();
        Word _ = next(0);
        Answer astray = request.answer();
        astray.outputs().set(1, DataType.INT32.code(), 4096, 4, 0);
        assertThatThrownBy(astray::send)
                .isInstanceOf(EngineException.class)
                .hasMessage("output 1 lies outside of the memory that has been reserved for it");
        Answer large = request.answer();
        assertThatThrownBy(() -> large.reserve(1L << 31))
                .hasMessage(
                        "an output of 2147483648 bytes is more than a result can have (expected: at most 2147483647)");
        large.abandon();
        List<Answer> held = new ArrayList<>();
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                held.add(request.answer());
                            }
                        })
                .hasMessageContaining("no room for an answer in the worker's output memory");
        held.forEach(Answer::abandon);
        request.finish();
        assertThat(next(0).last()).isTrue();
    }
}
