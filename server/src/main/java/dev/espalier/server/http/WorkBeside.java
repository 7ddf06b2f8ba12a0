package dev.espalier.server.http;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.work.Outcome;
import dev.espalier.server.work.Work;
import java.util.function.Consumer;

/// What a connection has done beside its event loop, one thing at a time. Used on the loop only; what comes of the
/// work is handed back there.
final class WorkBeside {
    private final HttpConnection connection;
    private final HttpMeans means;
    private boolean underWay;

    WorkBeside(HttpConnection connection, HttpMeans means) {
        this.connection = connection;
        this.means = means;
    }

    /// Whether something is being worked on.
    boolean isUnderWay() {
        return underWay;
    }

    /// Has `work` done by the pool, and then `done` on the loop.
    ///
    /// @param size how much it is, as [dev.espalier.server.work.WorkPool] counts
    /// @throws ServingException OVERLOADED when too much waits already
    <T> void offload(long size, Work<T> work, Consumer<Outcome<T>> done) throws ServingException {
        means.work()
                .execute(
                        size,
                        () ->
                                handBack(
                                        connection.isGone()
                                                ? Outcome.failed(ServingException.cancelled())
                                                : outcome(work),
                                        done));
        underWay = true;
    }

    /// As [#offload], for work that waits: for locks, files, or models to be loaded.
    <T> void await(String name, Work<T> work, Consumer<Outcome<T>> done) {
        underWay = true;
        Thread _ = Thread.ofVirtual().name(name).start(() -> handBack(outcome(work), done));
    }

    private <T> Outcome<T> outcome(Work<T> work) {
        return Outcome.of(work, means.errors(), "http", connection.request().told());
    }

    private <T> void handBack(Outcome<T> outcome, Consumer<Outcome<T>> done) {
        connection
                .context()
                .executor()
                .execute(() ->
                        connection.guarded(() -> {
                            underWay = false;
                            connection.worked(() -> done.accept(outcome));
                        }));
    }
}
