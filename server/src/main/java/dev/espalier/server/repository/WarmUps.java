package dev.espalier.server.repository;

import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.scheduling.ExecutionPolicy;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/// What models are warmed up with the help of.
///
/// @param loops one of which the requests live on
/// @param timer of their schedulers
/// @param errors what becomes of errors that nobody expected
public record WarmUps(LinkedLoops loops, ScheduledExecutorService timer, InternalErrors errors) {
    /// Another one, of a model in one worker.
    WarmUp of(
            ServedModel model,
            List<WarmUpSample> samples,
            ExecutionPolicy execution,
            InputMemory memory,
            LinkedWorker worker) {
        return new WarmUp(this, model, samples, execution, memory, worker);
    }
}
