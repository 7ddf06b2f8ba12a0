package dev.espalier.engines.tensorrt;

import dev.espalier.engine.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// The shapes that an instance was run with lately, the latest first.
final class CapturedRuns {
    /// Each graph takes memory of the GPU and of the process.
    static final int MOST = 32;

    private final LongConsumer destroy;
    private final List<CapturedRun> runs = new ArrayList<>(MOST);

    /// @param destroy what releases a graph, or 0
    CapturedRuns(LongConsumer destroy) {
        this.destroy = destroy;
    }

    /// What is known of runs like this one: remembered from now on if it is the first.
    CapturedRun find(int profile, Execution.Tensors inputs) {
        for (int at = 0; at < runs.size(); at++) {
            CapturedRun run = runs.get(at);
            if (run.is(profile, inputs)) {
                if (at > 0) {
                    runs.remove(at);
                    runs.addFirst(run);
                }
                return run;
            }
        }
        if (runs.size() == MOST) {
            destroy.accept(runs.removeLast().graph());
        }
        CapturedRun run = new CapturedRun(profile, inputs);
        runs.addFirst(run);
        return run;
    }

    /// Forgets all; of no use any more are graphs of another profile than the one in force, too.
    void close() {
        runs.forEach(run -> destroy.accept(run.graph()));
        runs.clear();
    }
}
