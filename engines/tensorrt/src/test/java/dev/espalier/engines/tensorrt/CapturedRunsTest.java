package dev.espalier.engines.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.Execution;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class CapturedRunsTest {
    private static final int FP32 = 11;

    private final List<Long> destroyed = new ArrayList<>();
    private final CapturedRuns runs =
            new CapturedRuns(graph -> {
                if (graph != 0) {
                    destroyed.add(graph);
                }
            });

    private static Execution.Tensors rows(long rows) {
        Execution execution = new Execution(1, 1, _ -> 0);
        execution.inputs().set(0, FP32, 4096, rows * 32, 2);
        execution.inputs().dimension(0, 0, rows);
        execution.inputs().dimension(0, 1, 8);
        return execution.inputs();
    }

    private CapturedRun captured(long rows) {
        CapturedRun run = runs.find(0, rows(rows));
        run.captured(rows, new long[][] {{rows, 8}}, List.of());
        return run;
    }

    @Test
    void knowsARunByItsProfileAndShapes() {
        CapturedRun run = captured(4);

        assertThat(runs.find(0, rows(4))).isSameAs(run);
        assertThat(runs.find(1, rows(4))).isNotSameAs(run);
        assertThat(runs.find(0, rows(5))).isNotSameAs(run);
        assertThat(runs.find(0, rows(4)).outputShape(0)).containsExactly(4, 8);
    }

    @Test
    void recordsTheSecondRunOfAKind() {
        CapturedRun run = runs.find(0, rows(4));

        assertThat(run.shallRecord()).isFalse();
        assertThat(run.shallRecord()).isTrue();
        assertThat(runs.find(0, rows(5)).shallRecord()).isFalse();
    }

    @Test
    void doesNotTryAgainWhatCannotBeRecorded() {
        CapturedRun run = runs.find(0, rows(4));
        boolean _ = run.shallRecord();
        run.refuse();

        assertThat(run.shallRecord()).isFalse();
    }

    @Test
    void keepsThoseThatWereUsedLast() {
        for (int rows = 1; rows <= CapturedRuns.MOST; rows++) {
            captured(rows);
        }
        runs.find(0, rows(1));

        captured(1000);

        assertThat(destroyed).containsExactly(2L);
        assertThat(runs.find(0, rows(1)).isCaptured(List.of())).isTrue();
    }

    @Test
    void isOfNoUseOnceAnotherGraphOrNoneIsThere() {
        CapturedRun run = captured(4);

        assertThat(run.captured(9, new long[][] {{4, 8}}, List.of())).isEqualTo(4);
        runs.close();
        assertThat(destroyed).containsExactly(9L);
        assertThat(runs.find(0, rows(4)).isCaptured(List.of())).isFalse();
    }
}
