package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.workers.HostedModels.Hosted;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Says after each death which of a host's models go on in the next worker, and which are given up.
///
/// On the host's thread.
final class Judgement {
    private static final Logger LOG = System.getLogger(Judgement.class.getName());

    private final SupervisionOptions options;
    private final Object lock;

    @GuardedBy("lock")
    private final HostedModels models;

    private final Sentence sentence;

    /// What a model is given up with.
    interface Sentence {
        /// Gives up the model of this number, if it is still there.
        void giveUp(int model, Consumer<HostedModel.Observer> news);
    }

    /// @param lock the host's lock
    Judgement(SupervisionOptions options, Object lock, HostedModels models, Sentence sentence) {
        this.options = options;
        this.lock = lock;
        this.models = models;
        this.sentence = sentence;
    }

    /// Puts the models into quarantine that have had to do with too many deaths.
    void quarantine(Death death, Set<Integer> blamedLanes) {
        int limit = options.quarantineAfter();
        if (limit == 0) {
            return;
        }
        long window = options.quarantineWindow().toNanos();
        long now = System.nanoTime();
        List<Hosted> suspects;
        synchronized (lock) {
            suspects = models.suspects(blamedLanes, death.cause().lane());
        }
        for (Hosted hosted : suspects) {
            if (hosted.countDeath(now, now - window) >= limit) {
                String reason =
                        "in quarantine after %d deaths of its worker within %d s, the last: %s"
                                .formatted(limit, window / 1_000_000_000L, death.text());
                LOG.log(Level.ERROR, "model {0}: {1}", hosted.model().name(), reason);
                sentence.giveUp(hosted.number(), observer -> observer.quarantined(reason));
            }
        }
    }

    /// A worker that dies while it loads a model for the first time, or does not come to an end with one, costs that
    /// model: whoever put it there is waiting to hear about it, and the others need a worker. One that was loaded
    /// before is tried for as long as it is wanted. Where no worker could be started, no model is to blame: all that
    /// have never been loaded are told.
    ///
    /// @param at what the worker was doing; null for nothing, or where there was none
    /// @return whether the next worker has a better chance
    boolean hasBetterChance(Death death, Orders.@Nullable Order at) {
        if (death.cause() instanceof DeathCause.NotStarted) {
            return failNew(death);
        }
        Hosted culprit;
        synchronized (lock) {
            culprit = at == null || !at.load() ? null : models.find(at.model());
        }
        if (culprit == null) {
            return true;
        }
        if (death.cause() instanceof DeathCause.Stuck) {
            sentence.giveUp(culprit.number(), observer -> observer.failed(death.text()));
            return true;
        }
        if (culprit.everLoaded()) {
            return false;
        }
        String reason = death.text() + ", before it had loaded the model";
        sentence.giveUp(culprit.number(), observer -> observer.failed(reason));
        return true;
    }

    private boolean failNew(Death death) {
        boolean anyLeft = false;
        for (Hosted hosted : all()) {
            if (hosted.everLoaded()) {
                anyLeft = true;
            } else {
                String reason = death.text() + ", before it had loaded the model";
                sentence.giveUp(hosted.number(), observer -> observer.failed(reason));
            }
        }
        return !anyLeft;
    }

    private List<Hosted> all() {
        synchronized (lock) {
            return models.all();
        }
    }

    /// Lets nobody wait any longer for what may not come soon.
    void despair(Death death, int failures, ObserverCalls observers) {
        String reason = "%s, %d times in a row".formatted(death.text(), failures);
        for (Hosted hosted : all()) {
            if (hosted.everLoaded()) {
                String _ = observers.tell(hosted, observer -> observer.unserved(reason));
            } else {
                sentence.giveUp(hosted.number(), observer -> observer.failed(reason));
            }
        }
    }
}
