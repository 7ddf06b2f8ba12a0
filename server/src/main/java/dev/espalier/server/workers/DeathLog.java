package dev.espalier.server.workers;

import dev.espalier.server.health.WorkerStatus.DeathStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The deaths of one host's workers: how many of each kind, and the latest. Safe for use by several
/// threads.
final class DeathLog {
    private static final int REMEMBERED = 5;

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Deque<DeathStatus> latest = new ArrayDeque<>();

    /// @param record the file with its evidence; empty for none
    synchronized void add(Death death, String record) {
        counts.merge(death.cause().name(), 1, Integer::sum);
        if (latest.size() == REMEMBERED) {
            latest.removeLast();
        }
        latest.addFirst(new DeathStatus(death.at(), death.text(), record));
    }

    /// How many there were, by cause.
    synchronized Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    /// The latest, newest first.
    synchronized List<DeathStatus> latest() {
        return List.copyOf(latest);
    }
}
