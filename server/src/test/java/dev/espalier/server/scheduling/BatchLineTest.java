package dev.espalier.server.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.execution.ExecutionOutcome;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.FairShare;
import dev.espalier.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BatchLineTest {
    private static final long MB = 1 << 20;

    private final ByteBudget budget = new ByteBudget("request memory", "wait", 64 * MB);
    private Links links;
    private LinkedLoops loops;
    private InputMemory memory;

    @BeforeEach
    void make() throws Exception {
        links = LinkKind.PORTABLE.open();
        loops = new LinkedLoops(1, LinkKind.PORTABLE, new InternalErrors(() -> {}));
        memory = new InputMemory(budget, links, Runnable::run);
    }

    @AfterEach
    void close() {
        memory.close();
        loops.close();
        links.close();
    }

    private BatchLine line(int maxBatchSize) {
        return new BatchLine(
                memory,
                new FairShare(budget, "model 'a'", 3),
                new SchedulingPolicy(maxBatchSize, true, List.of(), 0, 0, 0, false, true));
    }

    private Member member(int rows, int rowBytes) throws Exception {
        Placement placement =
                new Placement(
                        rows,
                        true,
                        new int[] {0},
                        new DataType[] {DataType.UINT8},
                        new long[][] {{rows, rowBytes}},
                        new long[] {(long) rows * rowBytes},
                        new int[] {0});
        return new Member(
                loops.serving().group().next().submit(loops::current).get(), placement, 0) {
            @Override
            protected void completed(ExecutionOutcome.Done outcome, int batchRows, int row) {}

            @Override
            protected void failed(ServingException failure) {}
        };
    }

    private void add(BatchLine line, Member member) throws Exception {
        if (!line.join(member)) {
            Strip strip = line.stripFor(member);
            strip.layAt(memory.allocate(strip.size(), member.placement().byteSize()));
            line.add(strip, member);
        }
    }

    @Test
    void aStripTakesUpWhatItsRequestsHaveSentHoweverLargeABatchMayBe() throws Exception {
        BatchLine line = line(4096);
        Member member = member(1, (int) (4 * MB));

        add(line, member);
        member.makePages(0, 4 * MB);

        assertThat(budget.used()).isEqualTo(4 * MB);
        line.leave(member);
    }

    @Test
    void aBatchIsNeverLargerThanTheBudget() throws Exception {
        BatchLine line = line(4096);

        assertThat(line.stripFor(member(1, (int) (4 * MB))).size()).isEqualTo(64 * MB);
        assertThat(line.stripFor(member(1, 64)).size()).isEqualTo(4 * 4096 * 64);
        assertThat(line.stripFor(member(20, (int) (4 * MB))).size()).isEqualTo(80 * MB);
    }

    @Test
    void largeRequestsThatJoinLieSideBySide() throws Exception {
        BatchLine line = line(128);
        Member first = member(1, (int) MB);
        Member second = member(2, (int) MB);
        add(line, first);
        add(line, second);

        assertThat(second.strip).isSameAs(first.strip);
        assertThat(second.offsets[0]).isEqualTo(first.offsets[0] + MB);
        second.makePages(0, 2 * MB);
        assertThat(memory.areThere(first.offsets[0], 1)).isFalse();
        assertThat(budget.used()).isEqualTo(2 * MB);
        line.leave(first);
        line.leave(second);
    }

    @Test
    void aRequestThatDoesNotFitBehindTheOthersOpensAStrip() throws Exception {
        BatchLine line = line(2);
        Member first = member(2, (int) MB);
        Member second = member(1, (int) MB);
        add(line, first);
        add(line, second);

        assertThat(second.strip).isNotSameAs(first.strip);
        line.leave(first);
        line.leave(second);
        assertThat(line.members()).isEmpty();
    }
}
