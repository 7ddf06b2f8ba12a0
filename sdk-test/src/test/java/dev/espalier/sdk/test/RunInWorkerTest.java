package dev.espalier.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.BlockAllocator;
import dev.espalier.link.CompletionRing;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkException;
import dev.espalier.link.LinkKind;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.Links;
import dev.espalier.link.ResultFrame;
import dev.espalier.link.SharedRegion;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a worker says of a run, which may be anything.
@Timeout(20)
final class RunInWorkerTest {
    private static final int GENERATION = 3;
    private static final int BLOCK = LinkLayout.block(LinkLayout.OUT_BLOCKS);
    private static final Signature SIGNATURE =
            new Signature(
                    List.of(TensorSpec.of("X", DataType.FP32, -1)),
                    List.of(
                            TensorSpec.of("Y", DataType.FP32, -1),
                            TensorSpec.of("Z", DataType.FP32, -1)));

    private Links links;
    private SharedRegion in;
    private SharedRegion out;
    private SharedRegion workersOut;

    @BeforeEach
    void open() throws Exception {
        links = LinkKind.PORTABLE.open();
        in = links.createIn(LinkLayout.BLOCKS + (4 << 20));
        out = links.createOut(LinkLayout.BLOCKS);
        workersOut = out.handle().attach(out.size(), true);
    }

    @AfterEach
    void close() {
        workersOut.close();
        out.close();
        in.close();
        links.close();
    }

    private RunInWorker run(int requests) {
        List<Input> inputs = List.of(Input.of("X", new float[] {1}, 1));
        return new RunInWorker(
                0,
                GENERATION,
                SIGNATURE,
                IntStream.range(0, requests).mapToObj(_ -> inputs).toList(),
                new BlockAllocator(in, LinkLayout.BLOCKS));
    }

    private ResultFrame answer(int output) {
        ResultFrame frame = new ResultFrame(workersOut.memory());
        frame.begin(BLOCK, 1024);
        boolean _ =
                frame.putOutput(output, DataType.FP32.code(), 1, LinkLayout.OUT_BLOCKS + 512, 4);
        frame.putDimension(1);
        return frame;
    }

    private CompletionRing said(int member, int output) {
        int length = answer(output).length();
        new CompletionWriter(in, workersOut, 1, null)
                .tell(0, 0, GENERATION, BLOCK, 1, length, member, CompletionWriter.LAST, 0);
        CompletionRing ring = new CompletionRing(in, out, 0);
        assertThat(ring.poll()).isTrue();
        return ring;
    }

    private boolean take(RunInWorker run, CompletionRing ring) throws LinkException {
        return run.take(ring, new ResultFrame(out.memory()), out.memory());
    }

    @Test
    void isAnAnswer() throws Exception {
        RunInWorker run = run(1);
        assertThat(take(run, said(LinkLayout.ALL_MEMBERS, 1))).isTrue();
        assertThat(run.replies().getFirst().join().output("Z").shape()).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE})
    void failsForAnOutputThatThereIsNot(int output) throws Exception {
        RunInWorker run = run(1);
        assertThat(take(run, said(LinkLayout.ALL_MEMBERS, output))).isTrue();
        assertThat(run.replies().getFirst().join().failure())
                .contains(
                        "the answer cannot be read: output %d (expected: 0..1)".formatted(output));
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 2, Short.MAX_VALUE})
    void isNoneForARequestThatThereIsNot(int member) {
        RunInWorker run = run(2);
        assertThatThrownBy(() -> take(run, said(member, 0)))
                .isInstanceOf(LinkException.class)
                .hasMessage("request %d of a run (expected: 0..1)".formatted(member));
    }

    @Test
    void hasNoMoreRequestsThanAFrameDescribes() {
        assertThat(run(LinkLayout.MAX_MEMBERS).describe(in)).isPositive();
        assertThatThrownBy(() -> run(LinkLayout.MAX_MEMBERS + 1).describe(in))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("513 requests with 1 inputs each in one run");
    }
}
