package dev.espalier.server.repository;

import dev.espalier.server.failure.InternalErrors;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Looks at the repositories from time to time, and loads and unloads what has changed. A thread of its
/// own waits and looks; each model is loaded on another.
public final class RepositoryPoll implements AutoCloseable {
    private final ModelRepository repository;
    private final Duration pause;
    private final InternalErrors errors;
    private final ChangeWatch watch = new ChangeWatch();
    private final Thread thread;

    /// Begins to look.
    ///
    /// @param errors what becomes of errors that nobody expected
    public RepositoryPoll(ModelRepository repository, Duration pause, InternalErrors errors) {
        this.repository = repository;
        this.errors = errors;
        this.pause = pause;
        this.thread =
                Thread.ofVirtual().name("repository poll").start(errors.root("poll", this::run));
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(pause);
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            RepositoryFolders.Listing listing = repository.folders().list();
            Map<String, FileStamps> known = new HashMap<>();
            Map<String, FileStamps> seen = new HashMap<>();
            for (String name : listing.names()) {
                seen.put(name, FileStamps.of(repository.folders().candidates(name)));
            }
            for (NamedModel model : repository.named()) {
                ModelReading.Look look = model.look();
                known.put(model.name(), look.stamps());
                if (model.change().isLocked()) {
                    // It is being loaded: the next look will tell.
                    seen.put(model.name(), look.stamps());
                } else if (seen.containsKey(model.name()) && !look.places().isEmpty()) {
                    seen.put(model.name(), look.again().stamps());
                } else if (!listing.complete()) {
                    seen.put(model.name(), look.stamps());
                }
            }
            repository.follow(watch.changed(known, seen), listing.names());
        } catch (RuntimeException | Error failure) {
            // The next look may fare better.
            errors.report("poll", "a look at the model repositories", failure);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
