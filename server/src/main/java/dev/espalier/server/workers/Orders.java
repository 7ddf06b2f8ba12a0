package dev.espalier.server.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.link.ControlMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a worker has been told to load and to unload and has not answered yet. It does one after the other, so the
/// first is what it is at, and each answer must be to that: a worker that says anything else is not ours.
///
/// Safe for use by several threads.
final class Orders {
    @GuardedBy("this")
    private final Deque<Order> open = new ArrayDeque<>();

    @GuardedBy("this")
    private final Map<Integer, String> names = new HashMap<>();

    /// When the worker began with the first.
    @GuardedBy("this")
    private long sinceNanos;

    /// @param load whether the model is to be loaded, else unloaded
    /// @param name the model's
    record Order(boolean load, int model, String name) {
        String text() {
            return "%s model '%s'".formatted(load ? "load" : "unload", name);
        }
    }

    /// The worker is told.
    synchronized void give(ControlMessage message) {
        Order order =
                switch (message) {
                    case ControlMessage.Load load -> {
                        names.put(load.model(), load.name());
                        yield new Order(true, load.model(), load.name());
                    }
                    case ControlMessage.Unload(int model) -> {
                        String name = names.remove(model);
                        yield new Order(false, model, name == null ? "" : name);
                    }
                    default -> null;
                };
        if (order != null) {
            open.addLast(order);
            if (open.size() == 1) {
                sinceNanos = System.nanoTime();
            }
        }
    }

    /// The worker has said something.
    ///
    /// @return what is wrong with that; null where it answers the first order
    synchronized @Nullable String answer(ControlMessage message) {
        Order first = open.peekFirst();
        boolean fits =
                first != null
                        && switch (message) {
                            case ControlMessage.Loaded loaded ->
                                    first.load() && loaded.model() == first.model();
                            case ControlMessage.LoadFailed(int model, _) ->
                                    first.load() && model == first.model();
                            case ControlMessage.Unloaded(int model) ->
                                    !first.load() && model == first.model();
                            default -> false;
                        };
        if (!fits) {
            return "it says %s, having been told to %s"
                    .formatted(
                            message.getClass().getSimpleName(),
                            first == null ? "do nothing" : first.text());
        }
        open.removeFirst();
        sinceNanos = System.nanoTime();
        return null;
    }

    /// What the worker is at; null for nothing.
    synchronized @Nullable Order current() {
        return open.peekFirst();
    }

    /// What the worker has been at for longer than so long; null for nothing.
    synchronized @Nullable Order overdue(long nowNanos, long limitNanos) {
        Order first = open.peekFirst();
        return first != null && nowNanos - sinceNanos > limitNanos ? first : null;
    }
}
