package dev.espalier.server.transport;

import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Connections that are looked at once a second, each on its own event loop: what is looked at needs no lock, and a
/// request costs no clock.
///
/// Safe for use by several threads.
public final class EachSecond<C> {
    private final Consumer<C> look;
    private final Map<EventExecutor, Watched<C>> loops = new ConcurrentHashMap<>();

    /// The connections of one loop, and the task that looks at them.
    private record Watched<C>(Set<C> connections, Future<?> looking) {}

    /// @param look must not throw: it would be the last time
    public EachSecond(Consumer<C> look) {
        this.look = look;
    }

    /// From now on `connection`, which lives on `loop`, is looked at.
    public void add(EventExecutor loop, C connection) {
        loops.computeIfAbsent(loop, this::watch).connections().add(connection);
    }

    private Watched<C> watch(EventExecutor loop) {
        Set<C> connections = ConcurrentHashMap.newKeySet();
        Future<?> looking =
                loop.scheduleAtFixedRate(() -> connections.forEach(look), 1, 1, TimeUnit.SECONDS);
        return new Watched<>(connections, looking);
    }

    /// From now on it is not.
    ///
    /// @return whether it was
    public boolean remove(EventExecutor loop, C connection) {
        Watched<C> watched = loops.get(loop);
        return watched != null && watched.connections().remove(connection);
    }

    /// Calls `action` with all of them, on the calling thread.
    public void forEach(Consumer<C> action) {
        loops.values().forEach(watched -> watched.connections().forEach(action));
    }

    /// Looks at none any more.
    public void stop() {
        loops.values().forEach(watched -> watched.looking().cancel(false));
    }
}
