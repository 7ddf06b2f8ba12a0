package dev.espalier.server.workers;

import java.time.Instant;

/// How a worker died, in the words that its requests' answers, its models' state reasons, the log and the
/// metrics share.
///
/// @param worker what operators call it
/// @param pid its process; 0 where there was none yet
record Death(Instant at, String worker, long pid, DeathCause cause) {
    String text() {
        return pid == 0
                ? "worker %s %s".formatted(worker, cause.text())
                : "worker %s (pid %d) %s".formatted(worker, pid, cause.text());
    }
}
