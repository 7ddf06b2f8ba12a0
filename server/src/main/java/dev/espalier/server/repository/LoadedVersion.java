package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.workers.HostedModel;
import dev.espalier.tensor.Signature;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// One version of a model from the moment when it is being loaded: its state, its statistics, its
/// scheduler.
final class LoadedVersion implements HostedModel.Observer {
    private final long number;
    private final ModelConfig config;
    private final Map<String, List<String>> labels;
    private final ModelStatistics statistics = new ModelStatistics();
    private final ModelScheduler scheduler;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Runnable changed;

    private volatile ModelState state = ModelState.LOADING;
    private volatile String reason = "";
    private volatile @Nullable ServedModel served;

    /// @param changed runs after every change of the state
    LoadedVersion(
            VersionDefinition definition,
            InputMemory memory,
            ScheduledExecutorService timer,
            Runnable changed) {
        this.number = definition.number();
        this.config = definition.config();
        this.labels = definition.labels();
        this.changed = changed;
        this.scheduler =
                new ModelScheduler(
                        config.getName(), PlanBuilder.policy(config), memory, statistics, timer);
    }

    long number() {
        return number;
    }

    ModelConfig config() {
        return config;
    }

    ModelState state() {
        return state;
    }

    /// Why it is in its state; empty for none.
    String reason() {
        return reason;
    }

    ModelStatistics statistics() {
        return statistics;
    }

    /// What answers requests, or null while nothing does.
    @Nullable ServedModel served() {
        return state == ModelState.READY ? served : null;
    }

    /// Waits until it is known whether the version can be served.
    void await() throws InterruptedException {
        settled.await();
    }

    @Override
    public void loaded(LinkedWorker worker, int firstLane, Signature signature) {
        try {
            if (served == null) {
                served =
                        new ServedModel(
                                config.getName(),
                                Long.toString(number),
                                PlanBuilder.plan(config, signature, labels),
                                scheduler);
            }
            scheduler.attach(worker, firstLane, PlanBuilder.instances(config));
            settle(ModelState.READY, "");
        } catch (ServingException failure) {
            failed(failure);
        }
    }

    @Override
    public void lost(LinkedWorker worker) {
        // Requests wait in line for the next worker, which is being started.
        scheduler.detach(worker);
    }

    @Override
    public void failed(ServingException failure) {
        settle(ModelState.UNAVAILABLE, failure.text());
        scheduler.failWaiting(
                new ServingException(
                        ErrorCode.UNAVAILABLE,
                        "model '%s' version %d is not available: %s"
                                .formatted(config.getName(), number, failure.text())));
    }

    private void settle(ModelState newState, String newReason) {
        reason = newReason;
        state = newState;
        changed.run();
        settled.countDown();
    }
}
