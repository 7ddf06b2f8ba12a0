package dev.espalier.server.workers;

import dev.espalier.server.workers.HostedModels.Hosted;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;

/// Another attempt at a model that a worker could not load though one before it could: what was missing, a file
/// or memory, may come back.
///
/// @param reason why it could not, in the engine's words
record Reload(Hosted hosted, WorkerProcess process, String reason) {
    private static final Logger LOG = System.getLogger(Reload.class.getName());

    /// Tells the model, and has it loaded when the time has come. Called on the host's thread.
    ///
    /// @param observers what tells the model
    /// @param load what loads it, if it is still wanted
    void begin(ObserverCalls observers, BiConsumer<WorkerProcess, Hosted> load) {
        HostedModel model = hosted.model();
        Backoff backoff = hosted.reloads();
        long millis = backoff.next(false);
        String text = "its worker has not loaded it again: " + reason;
        LOG.log(
                Level.WARNING,
                "model {0}: {1}; next attempt in {2} ms",
                model.name(),
                text,
                Long.toString(millis));
        String _ = observers.tell(hosted, observer -> observer.died(text));
        if (backoff.isOutOfPatience()) {
            String all = "%s, %d times in a row".formatted(text, backoff.failures());
            String _ = observers.tell(hosted, observer -> observer.unserved(all));
        }
        Thread.ofVirtual()
                .name("reload of " + model.name())
                .start(() -> {
                    try {
                        Thread.sleep(millis);
                    } catch (InterruptedException _) {
                        return;
                    }
                    load.accept(process, hosted);
                });
    }
}
