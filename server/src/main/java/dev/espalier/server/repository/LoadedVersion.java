package dev.espalier.server.repository;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.LatencyOptions;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.inference.ServedModel;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.scheduling.ExecutionPolicy;
import dev.espalier.server.scheduling.ModelScheduler;
import dev.espalier.server.workers.HostedModel;
import dev.espalier.server.workers.WorkerHost;
import dev.espalier.server.workers.WorkerPool;
import dev.espalier.tensor.Signature;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// One version of a model from the moment when it is being loaded until it is unloaded: its state, its
/// statistics, its scheduler, its place in a worker.
final class LoadedVersion implements HostedModel.Observer {
    /// What Triton's index says of a version that has been unloaded.
    static final String UNLOADED = "unloaded";

    /// By what times first answers are told apart, in ms, as by Triton.
    private static final List<Double> FIRST_ANSWER_MILLIS = List.of(100.0, 500.0, 2000.0, 5000.0);

    private final VersionDefinition definition;
    private final ModelConfig config;
    private final LaidVersion laid;
    private final WorkerPool workers;
    private final WorkerHost host;
    private final HostedModel hosted;
    private final ModelStatistics statistics;
    private final ModelScheduler scheduler;
    private final ExecutionPolicy execution;
    private final CallGraph.Declaration calls;
    private final WarmUps warmUps;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final long begunNanos = System.nanoTime();

    private volatile Standing standing = new Standing(ModelState.LOADING, "", false);
    private volatile @Nullable ServedModel served;
    private volatile long loadNanos;

    @GuardedBy("this")
    private boolean leaving;

    /// What runs in the newest worker; null once the model serves there.
    @GuardedBy("this")
    private @Nullable WarmUp warmUp;

    /// A state, with its reason.
    ///
    /// @param quarantined whether too many workers have died of it
    private record Standing(ModelState state, String reason, boolean quarantined) {
        Standing because(String newReason) {
            return new Standing(state, newReason, quarantined);
        }
    }

    private LoadedVersion(
            VersionDefinition definition,
            ModelConfig config,
            CallGraph.Declaration calls,
            LaidVersion laid,
            WorkerPool workers,
            WorkerHost host,
            WarmUps warmUps,
            LatencyOptions latencies)
            throws ServingException {
        this.definition = definition;
        this.config = config;
        this.calls = calls;
        this.laid = laid;
        this.workers = workers;
        this.host = host;
        this.warmUps = warmUps;
        this.statistics = statistics(config, latencies);
        this.execution = ExecutionParameters.policy(config, host.executionTimeoutMillis());
        this.scheduler =
                new ModelScheduler(
                        config.getName(),
                        PlanBuilder.policy(config),
                        execution,
                        host.input(),
                        statistics,
                        warmUps.timer());
        this.hosted =
                new HostedModel(
                        config.getName(),
                        laid.modelFile(),
                        laid.libraries(),
                        PlanBuilder.parameters(config),
                        PlanBuilder.declared(config),
                        PlanBuilder.settings(definition.number(), config),
                        PlanBuilder.instances(config),
                        this);
    }

    /// Only requests of decoupled models have a first answer that is not their only one.
    private static ModelStatistics statistics(ModelConfig config, LatencyOptions latencies) {
        boolean several =
                latencies.histograms() && config.getModelTransactionPolicy().getDecoupled();
        return new ModelStatistics(
                latencies.summaries(), several ? FIRST_ANSWER_MILLIS : List.of());
    }

    /// Begins to load a version into the worker for its op set.
    ///
    /// @param calls what it may call, which it takes back when it is left; the caller does where it cannot be loaded
    /// @param latencies what is kept of how long its requests take
    /// @throws ServingException when there is no such worker, or no room in it
    static LoadedVersion load(
            VersionDefinition definition,
            CallGraph.Declaration calls,
            WorkerPool workers,
            WarmUps warmUps,
            LatencyOptions latencies)
            throws ServingException, InterruptedException {
        WorkerHost host =
                workers.lease(
                        definition.choice().engine(),
                        definition.ops(),
                        definition.config().getName(),
                        GrantParameters.asked(definition.config()),
                        PlanBuilder.parameters(definition.config()));
        if (!definition.files().hold()) {
            throw new IllegalStateException("the copies of the version's files are gone");
        }
        LaidVersion laid = null;
        try {
            laid = LaidVersion.lay(definition, workers.files(host));
            ModelConfig config =
                    definition.complete()
                            ? definition.config()
                            : definition.completed(SignatureQuestion.ask(host, definition, laid));
            LoadedVersion version =
                    new LoadedVersion(
                            definition, config, calls, laid, workers, host, warmUps, latencies);
            host.add(version.hosted);
            return version;
        } catch (ServingException failure) {
            String text = laid == null ? failure.text() : laid.inUsersTerms(failure.text());
            abandon(definition, laid, workers, host);
            throw new ServingException(failure.code(), text, failure);
        } catch (InterruptedException | RuntimeException | Error failure) {
            abandon(definition, laid, workers, host);
            throw failure;
        }
    }

    private static void abandon(
            VersionDefinition definition,
            @Nullable LaidVersion laid,
            WorkerPool workers,
            WorkerHost host) {
        if (laid != null) {
            laid.close();
        }
        definition.files().close();
        workers.release(host);
    }

    long number() {
        return definition.number();
    }

    VersionDefinition definition() {
        return definition;
    }

    ModelConfig config() {
        return config;
    }

    WorkerHost host() {
        return host;
    }

    ModelState state() {
        return standing.state();
    }

    /// Why it is in its state; empty for none.
    String reason() {
        return standing.reason();
    }

    /// Why it is in quarantine, in the words of an answer; null where it is not.
    @Nullable ServingException quarantine() {
        Standing now = standing;
        return now.quarantined() ? unavailable(now.reason()) : null;
    }

    ModelStatistics statistics() {
        return statistics;
    }

    /// How long it took to load; 0 where it never was.
    long loadNanos() {
        return loadNanos;
    }

    /// What answers requests, or null while nothing does.
    @Nullable ServedModel served() {
        return standing.state() == ModelState.READY ? served : null;
    }

    /// Waits until it is known whether the version can be served.
    void await() throws InterruptedException {
        settled.await();
    }

    // --- the host's side

    @Override
    public void loaded(LinkedWorker worker, int firstLane, Signature signature) {
        try {
            if (served == null) {
                served =
                        new ServedModel(
                                config().getName(),
                                Long.toString(number()),
                                PlanBuilder.plan(config(), signature, definition.labels()),
                                scheduler,
                                definition.ops().hashes(),
                                calls.called());
            }
        } catch (ServingException failure) {
            failed(failure.text());
            return;
        }
        ServedModel model = Objects.requireNonNull(served);
        WarmUp next = warmUps.of(model, definition.warmUp(), execution, host.input(), worker);
        synchronized (this) {
            warmUp = next;
        }
        if (definition.warmUp().isEmpty()) {
            serve(next, worker, firstLane);
        } else {
            // The host has other models to hear of.
            var _ =
                    Thread.ofVirtual()
                            .name("warm up " + config.getName())
                            .start(() -> warmUp(next, worker, firstLane));
        }
    }

    private void warmUp(WarmUp samples, LinkedWorker worker, int firstLane) {
        try {
            if (samples.run(firstLane, hosted.instances())) {
                serve(samples, worker, firstLane);
            }
        } catch (ServingException failure) {
            failed(failure.text());
        } catch (InterruptedException _) {
            failed("interrupted while it was warmed up");
        } catch (RuntimeException | Error failure) {
            warmUps.errors().report("warm-up", config.getName(), failure);
            failed("the server failed: " + failure);
        }
    }

    /// Requests go to the worker's instances, unless the worker is gone by now.
    private void serve(WarmUp ended, LinkedWorker worker, int firstLane) {
        synchronized (this) {
            if (warmUp != ended) {
                return;
            }
            warmUp = null;
            if (definition.warmUp().isEmpty()) {
                scheduler.attach(worker, firstLane, hosted.instances());
            } else {
                ended.giveTo(scheduler);
            }
            if (loadNanos == 0) {
                loadNanos = System.nanoTime() - begunNanos;
            }
            if (!leaving) {
                standing = new Standing(ModelState.READY, "", false);
            }
        }
        settled.countDown();
    }

    @Override
    public void lost(LinkedWorker worker) {
        synchronized (this) {
            if (warmUp != null) {
                warmUp.workerLost();
                warmUp = null;
            }
        }
        // Requests wait in line for the next worker, which is being started.
        scheduler.detach(worker);
    }

    @Override
    public synchronized void died(String death) {
        if (!leaving) {
            standing = standing.because(laid.inUsersTerms(death));
        }
    }

    @Override
    public void unserved(String reason) {
        scheduler.failWaiting(unavailable(laid.inUsersTerms(reason)));
    }

    @Override
    public void failed(String reason) {
        giveUp(reason, false);
    }

    @Override
    public void quarantined(String reason) {
        giveUp(reason, true);
    }

    private void giveUp(String text, boolean quarantined) {
        String reason = laid.inUsersTerms(text);
        leave(new Standing(ModelState.UNAVAILABLE, reason, quarantined), reason);
        scheduler.fail(unavailable(reason));
        settled.countDown();
    }

    private ServingException unavailable(String reason) {
        return new ServingException(
                ErrorCode.UNAVAILABLE,
                "model '%s' version %d is not available: %s"
                        .formatted(config().getName(), number(), reason));
    }

    // --- the end

    /// Takes no more requests, finishes those that it has, and leaves its worker.
    void unload() {
        leave(new Standing(ModelState.UNLOADING, "", false), UNLOADED);
    }

    /// Waits for a sample that runs: a worker is to be left without any.
    private void endWarmUp() {
        WarmUp last;
        synchronized (this) {
            last = warmUp;
        }
        if (last != null) {
            last.stop();
        }
    }

    /// @param reason why it is unavailable in the end
    private void leave(Standing until, String reason) {
        synchronized (this) {
            if (leaving) {
                standing = new Standing(standing.state(), reason, until.quarantined());
                return;
            }
            leaving = true;
            standing = until;
        }
        // Calls that its last requests make may lead to its successor, never back to it.
        calls.close();
        // Not on the event loop that answers the last request.
        scheduler.retire(() -> Thread.startVirtualThread(() -> left(reason)));
    }

    private void left(String reason) {
        endWarmUp();
        host.remove(hosted);
        laid.close();
        workers.release(host);
        definition.files().close();
        synchronized (this) {
            boolean unloaded = standing.state() == ModelState.UNLOADING;
            standing =
                    new Standing(
                            ModelState.UNAVAILABLE,
                            unloaded ? reason : standing.reason(),
                            standing.quarantined());
        }
    }
}
