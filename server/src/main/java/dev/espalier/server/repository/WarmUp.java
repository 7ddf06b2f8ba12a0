package dev.espalier.server.repository;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.InferenceService;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.scheduling.ExecutionPolicy;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.scheduling.SchedulingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Runs a model's samples on each of its instances in a worker, one after the other, before clients' requests go there.
///
/// Each instance has a scheduler of its own for it, so that every sample gets to every instance and counts in no
/// statistics.
final class WarmUp {
    /// What a sample fails with whose worker is gone, though not because of it.
    private final ServingException workerLost =
            new ServingException(ErrorCode.UNAVAILABLE, "the worker is gone");

    private final WarmUps means;
    private final ServedModel model;
    private final List<WarmUpSample> samples;
    private final ExecutionPolicy execution;
    private final InputMemory memory;
    private final LinkedWorker worker;

    /// Those of the instances that are warm.
    private final List<ModelScheduler> warm = new ArrayList<>();

    private final CountDownLatch ended = new CountDownLatch(1);

    /// That of the instance whose turn it is.
    @GuardedBy("this")
    private @Nullable ModelScheduler running;

    /// Whether nobody wants to know how it ends.
    @GuardedBy("this")
    private boolean over;

    WarmUp(
            WarmUps means,
            ServedModel model,
            List<WarmUpSample> samples,
            ExecutionPolicy execution,
            InputMemory memory,
            LinkedWorker worker) {
        this.means = means;
        this.model = model;
        this.samples = samples;
        this.execution = execution;
        this.memory = memory;
        this.worker = worker;
    }

    /// Runs all samples, waiting for each.
    ///
    /// @param firstLane where the first instance waits
    /// @return false where it has been stopped
    /// @throws ServingException when one fails; the message says which
    boolean run(int firstLane, int instances) throws ServingException, InterruptedException {
        try {
            return runOnEach(firstLane, instances);
        } finally {
            ended.countDown();
        }
    }

    private boolean runOnEach(int firstLane, int instances)
            throws ServingException, InterruptedException {
        for (int i = 0; i < instances; i++) {
            ModelScheduler scheduler =
                    new ModelScheduler(
                            model.name(),
                            policy(),
                            execution,
                            memory,
                            new ModelStatistics(),
                            means.timer());
            synchronized (this) {
                if (over) {
                    return false;
                }
                running = scheduler;
            }
            scheduler.attach(worker, firstLane + i, 1);
            if (!run(scheduler)) {
                return false;
            }
            warm.add(scheduler);
        }
        return true;
    }

    private static SchedulingPolicy policy() {
        return new SchedulingPolicy(0, false, List.of(), 0, 0, 0, false, true);
    }

    private boolean run(ModelScheduler scheduler) throws ServingException, InterruptedException {
        ServedModel warmed =
                new ServedModel(
                        model.name(),
                        model.version(),
                        model.plan(),
                        scheduler,
                        model.opSet(),
                        model.calls());
        InferenceService inferences =
                new InferenceService((_, _) -> warmed, means.loops(), means.errors());
        for (WarmUpSample sample : samples) {
            for (int i = 0; i < sample.count(); i++) {
                try {
                    new WarmUpRequest(inferences, means.loops().any(), model, sample).run();
                } catch (ServingException failure) {
                    if (workerLost.equals(failure)) {
                        return false;
                    }
                    throw new ServingException(
                            failure.code(),
                            "failed to run warmup sample '%s': %s"
                                    .formatted(sample.name(), failure.text()),
                            failure);
                }
                synchronized (this) {
                    if (over) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /// Hands the warm instances over.
    void giveTo(ModelScheduler scheduler) {
        warm.forEach(scheduler::attach);
    }

    /// The worker is gone. A sample that it has not died of runs again, in the next one.
    synchronized void workerLost() {
        over = true;
        if (running != null) {
            running.detach(worker);
            running.fail(workerLost);
        }
    }

    /// No further sample begins; waits for the one that runs, if any.
    void stop() {
        synchronized (this) {
            over = true;
            if (running == null) {
                return;
            }
        }
        try {
            ended.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
