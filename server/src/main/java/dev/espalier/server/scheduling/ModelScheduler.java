package dev.espalier.server.scheduling;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.execution.ExecutionInFlight;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.metrics.FailureReason;
import dev.espalier.server.metrics.ModelStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Brings the requests of one model version to its instances.
///
/// 1. [#open] lets a request in, or refuses it.
/// 2. [#place] gives it a place in memory, when its first bytes come.
/// 3. [#submit] puts it in line, its bytes being complete.
/// 4. Whichever loop sees an instance free takes what is due from the line and publishes it, for all
///    loops that its requests belong to.
/// 5. Each loop delivers the outcome to its own requests.
///
/// Safe for use by several threads: one lock, held for about a microsecond, never while a request is
/// called back.
public final class ModelScheduler {
    private final String model;
    private final SchedulingPolicy policy;
    final SecondRun secondRun;
    final ModelStatistics statistics;
    final Object lock = new Object();
    private final ScheduledExecutorService timer;
    final Places places;
    private final Line line;

    @GuardedBy("lock")
    private final List<InstanceLane> instances = new ArrayList<>();

    @GuardedBy("lock")
    private int waiting;

    @GuardedBy("lock")
    private int uploading;

    @GuardedBy("lock")
    private int executing;

    /// Whether executions of this model have gone on after their instances had gone on to others.
    @GuardedBy("lock")
    boolean lasting;

    /// What runs when a scheduler that takes no more requests has answered its last; null while it takes
    /// requests.
    @GuardedBy("lock")
    private @Nullable Runnable retired;

    @GuardedBy("lock")
    private boolean drained;

    /// What requests fail with once nothing will ever serve them; null while something may.
    @GuardedBy("lock")
    private @Nullable ServingException hopeless;

    @GuardedBy("lock")
    private long timerAt = Long.MAX_VALUE;

    /// @param model the model's name, for messages
    /// @param timer where the queue delay is timed
    public ModelScheduler(
            String model,
            SchedulingPolicy policy,
            ExecutionPolicy execution,
            InputMemory memory,
            ModelStatistics statistics,
            ScheduledExecutorService timer) {
        this.timer = timer;
        this.model = model;
        this.policy = policy;
        this.secondRun = new SecondRun(model, execution);
        this.statistics = statistics;
        this.places = new Places(model, policy, memory, lock);
        this.line = places.line();
        statistics.pendingAre(this::pending);
    }

    private int pending() {
        synchronized (lock) {
            return waiting + instances.stream().mapToInt(InstanceLane::waiting).sum();
        }
    }

    // --- instances

    /// A worker has loaded the model: its instances wait on lanes `firstLane` and following.
    public void attach(LinkedWorker worker, int firstLane, int count) {
        synchronized (lock) {
            for (int i = 0; i < count; i++) {
                instances.add(new InstanceLane(worker, firstLane + i));
            }
        }
        dispatch();
    }

    /// Takes over the instances of a scheduler that has nothing more for them, and whose requests have been answered: a
    /// lane goes on where it is.
    public void attach(ModelScheduler former) {
        List<InstanceLane> idle;
        synchronized (former.lock) {
            idle = List.copyOf(former.instances);
            former.instances.clear();
        }
        synchronized (lock) {
            instances.addAll(idle);
        }
        dispatch();
    }

    /// The worker is gone: nothing more goes to it. Requests in line wait for the next one.
    public void detach(LinkedWorker worker) {
        synchronized (lock) {
            instances.removeIf(instance -> instance.worker() == worker);
        }
    }

    /// Nothing will serve any request any more: those in line fail, and those that are still being read when they get
    /// there.
    public void fail(ServingException failure) {
        synchronized (lock) {
            hopeless = failure;
        }
        failWaiting(failure);
    }

    /// Nothing will serve the requests in line soon: they fail.
    public void failWaiting(ServingException failure) {
        List<Member> members;
        synchronized (lock) {
            members = line.members();
        }
        for (Member member : members) {
            member.loop()
                    .execute(() -> {
                        if (isWaiting(member) && remove(member, Member.State.RUNNING)) {
                            statistics.failed(
                                    FailureReason.BACKEND,
                                    1,
                                    System.nanoTime() - member.openedAt());
                            member.neverExpire();
                            member.failed(failure);
                        }
                    });
        }
    }

    /// Takes no more requests; those that it has are served.
    ///
    /// @param whenDrained runs once, when the last of them is done
    public void retire(Runnable whenDrained) {
        synchronized (lock) {
            retired = whenDrained;
        }
        tellWhenDrained();
    }

    private void tellWhenDrained() {
        Runnable tell;
        synchronized (lock) {
            tell = retired;
            if (tell == null || drained || uploading + waiting + executing > 0) {
                return;
            }
            drained = true;
        }
        tell.run();
    }

    private boolean isWaiting(Member member) {
        synchronized (lock) {
            return member.state == Member.State.WAITING;
        }
    }

    // --- requests

    /// Lets a request in.
    ///
    /// @return whether it is in; false where the scheduler takes no more requests, because another
    ///     has taken its place
    /// @throws ServingException OVERLOADED when the queue is full
    public boolean open(Member member) throws ServingException {
        synchronized (lock) {
            if (retired != null) {
                return false;
            }
            if (policy.maxQueueSize() > 0 && waiting + uploading >= policy.maxQueueSize()) {
                statistics.failed(FailureReason.REJECTED, 1, 0);
                throw new ServingException(
                        ErrorCode.OVERLOADED, member.label() + "Exceeds maximum queue size");
            }
            places.placeSmall(member);
            uploading++;
            return true;
        }
    }

    /// Gives a request its place, unless it has one. A request that has sent nothing but its header has none.
    ///
    /// @throws ServingException OVERLOADED when the memory is full
    public void place(Member member) throws ServingException {
        places.place(member);
    }

    /// Puts a request in line, its bytes being complete. On the request's loop.
    public void submit(Member member) {
        synchronized (lock) {
            if (member.state != Member.State.UPLOADING) {
                throw new IllegalStateException(
                        "request is " + member.state + " (expected: UPLOADING)");
            }
            member.state = Member.State.WAITING;
            member.waitingSince = System.nanoTime();
            uploading--;
            waiting++;
            line.ready(member);
        }
        expireLater(member);
        dispatch();
    }

    /// Limits the time that a request waits from now on. On the request's loop.
    private void expireLater(Member member) {
        long timeout = policy.effectiveTimeoutMicros(member.timeoutMicros());
        if (timeout > 0 && policy.rejectOnTimeout()) {
            member.expireIn(timeout, () -> expire(member, timeout));
        }
    }

    /// Gives a request up: its place becomes free and nobody is called back. On the request's loop.
    public void cancel(Member member) {
        member.neverExpire();
        if (remove(member, Member.State.ABANDONED)) {
            statistics.failed(FailureReason.CANCELED, 1, System.nanoTime() - member.openedAt());
            tellWorker(member);
            member.cancelCalls();
            dispatch();
        }
    }

    private void tellWorker(Member member) {
        ExecutionInFlight execution;
        int index;
        synchronized (lock) {
            execution = member.execution;
            index = member.index;
        }
        if (execution != null) {
            execution.cancel(index);
        }
    }

    /// Once more the whole time for a request whose worker has died, unless it is over by now.
    void expireAgain(Member member) {
        if (isWaiting(member)) {
            expireLater(member);
        }
    }

    private void expire(Member member, long timeoutMicros) {
        if (remove(member, Member.State.RUNNING)) {
            statistics.failed(FailureReason.REJECTED, 1, System.nanoTime() - member.openedAt());
            member.failed(
                    new ServingException(
                            ErrorCode.UNAVAILABLE,
                            "%sRequest timeout expired: it waited %d us for an instance of model '%s'"
                                    .formatted(member.label(), timeoutMicros, model)));
            dispatch();
        }
    }

    /// Takes a request out of line.
    ///
    /// @param whenRunning the state that a request gets which an instance has already
    /// @return whether it was in line
    private boolean remove(Member member, Member.State whenRunning) {
        synchronized (lock) {
            switch (member.state) {
                case UPLOADING -> uploading--;
                case WAITING -> waiting--;
                case RUNNING -> {
                    member.state = whenRunning;
                    return whenRunning == Member.State.ABANDONED;
                }
                case ABANDONED, GONE -> {
                    return false;
                }
            }
            member.state = Member.State.GONE;
            places.leave(member);
        }
        tellWhenDrained();
        return true;
    }

    // --- executions

    /// Gives instances that are free what is due.
    void dispatch() {
        ServingException failure;
        synchronized (lock) {
            failure = hopeless;
            while (waiting > 0 && failure == null) {
                InstanceLane instance = freest();
                if (instance == null) {
                    break;
                }
                List<Member> batch = line.next(System.nanoTime());
                if (batch.isEmpty()) {
                    scheduleDue(line.nextDue());
                    break;
                }
                int slot = instance.worker().takeSlot(lasting, this::dispatch);
                if (slot < 0) {
                    break;
                }
                line.taken(batch);
                publish(instance, slot, batch);
            }
        }
        if (failure != null) {
            failWaiting(failure);
        }
    }

    @GuardedBy("lock")
    private @Nullable InstanceLane freest() {
        InstanceLane freest = null;
        for (InstanceLane instance : instances) {
            if (instance.inFlight() < policy.depth()
                    && (freest == null || instance.inFlight() < freest.inFlight())) {
                freest = instance;
            }
        }
        return freest;
    }

    @GuardedBy("lock")
    private void publish(InstanceLane instance, int slot, List<Member> members) {
        int rows = 0;
        for (Member member : members) {
            member.state = Member.State.RUNNING;
            rows += member.placement().rows();
        }
        waiting -= members.size();
        executing++;
        instance.publish(slot, members, rows, new RunningBatch(this, instance, members, rows));
    }

    /// Looks again when the first request in line has waited long enough.
    @GuardedBy("lock")
    private void scheduleDue(long due) {
        if (due == Long.MAX_VALUE || due >= timerAt) {
            return;
        }
        timerAt = due;
        var _ =
                timer.schedule(
                        () -> {
                            synchronized (lock) {
                                timerAt = Long.MAX_VALUE;
                            }
                            dispatch();
                        },
                        due - System.nanoTime(),
                        TimeUnit.NANOSECONDS);
    }

    /// An execution is over, or lost. Under the lock.
    ///
    /// @param again those of its requests that run once more
    @GuardedBy("lock")
    void finishRun(List<Member> again) {
        executing--;
        if (!again.isEmpty()) {
            waiting += again.size();
            line.putBack(again);
        }
    }

    /// Something may have become free. Not under the lock.
    void freed() {
        dispatch();
        tellWhenDrained();
    }
}
