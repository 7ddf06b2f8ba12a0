package dev.espalier.worker;

import dev.espalier.link.CompletionWriter;
import dev.espalier.link.RequestLaneReader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One model instance at work: takes executions from its lane, does them, and tells the loops. Runs on
/// a platform thread of its own.
final class InstanceLoop implements Runnable {
    /// While executions keep coming, a loop waits no longer than this for the news of a finished one.
    private static final long RING_AFTER_NANOS = 20_000;

    /// How long a loop that waits for its service takes to notice that it shall stop.
    private static final long STOP_MILLIS = 100;

    private final LaneWork work;
    private final RequestLaneReader lane;
    private final CompletionWriter completions;
    private final CountDownLatch serving;
    private volatile boolean stopped;

    /// @param serving opens when the loop may look at its lane
    InstanceLoop(
            LaneWork work,
            RequestLaneReader lane,
            CompletionWriter completions,
            CountDownLatch serving) {
        this.work = work;
        this.lane = lane;
        this.completions = completions;
        this.serving = serving;
    }

    /// Makes the loop end after the execution that it is at. One that is just falling asleep misses this: the caller
    /// says it again until the thread has ended.
    void stop() {
        stopped = true;
        lane.rouse();
    }

    /// The name of the thread that runs an instance: the server finds the lane in a crash report.
    static String threadName(String model, int lane) {
        return "%s (lane %d)".formatted(model, lane);
    }

    @Override
    public void run() {
        try (work) {
            awaitService();
            while (!stopped) {
                if (!drain()) {
                    lane.sleep();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitService() throws InterruptedException {
        while (!stopped && !serving.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
            // A standby can be told to unload a model that it has never served.
        }
    }

    /// Runs what lies in the lane. Whether there was anything.
    private boolean drain() {
        int owed = 0;
        long owedSince = 0;
        while (lane.poll()) {
            long finished = work.execute(lane);
            if (owed == 0) {
                owedSince = finished;
            }
            owed |= lane.loopMask();
            if (finished - owedSince > RING_AFTER_NANOS) {
                completions.ring(owed);
                owed = 0;
            }
        }
        if (owed == 0) {
            return false;
        }
        completions.ring(owed);
        return true;
    }
}
