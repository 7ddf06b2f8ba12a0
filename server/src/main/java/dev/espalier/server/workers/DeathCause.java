package dev.espalier.server.workers;

/// Why a worker died.
sealed interface DeathCause {
    /// A signal, of which its JVM left a report.
    ///
    /// @param place where it fell, in words
    record Crashed(CrashReport report, String place) implements DeathCause {}

    /// A signal without a report: `abort()`, or one from outside.
    record Signalled(int number) implements DeathCause {}

    /// It ended itself.
    record Exited(int code) implements DeathCause {}

    /// An execution took longer than it may.
    record NoAnswer(int lane, long limitMillis) implements DeathCause {}

    /// The whole process stood still.
    record NoHeartbeat(long millis) implements DeathCause {}

    record TooMuchMemory(long limitBytes) implements DeathCause {}

    record TooMuchDisk(long limitBytes) implements DeathCause {}

    record TooManyThreads(int limit) implements DeathCause {}

    /// It closed the control socket, or one of its ops did, and would have gone on running.
    record Disconnected() implements DeathCause {}

    /// It loads or unloads a model and does not come to an end.
    record Stuck(Orders.Order order, long limitSeconds) implements DeathCause {}

    /// It wrote what no worker of ours writes.
    record Nonsense(String what) implements DeathCause {}

    /// It did not take what the server tells it.
    record Deaf(String what) implements DeathCause {}

    /// Its engine could do nothing any more, as after an illegal access on a GPU, so it ended itself.
    ///
    /// @param reason in its own words
    record EngineLost(String reason) implements DeathCause {}

    /// It did not get as far as serving.
    record NotStarted(String reason) implements DeathCause {}

    /// In a few words, the same for every death of its kind: the label of a metric.
    default String name() {
        return switch (this) {
            case Crashed(CrashReport report, _) -> report.signal();
            case Signalled(int number) -> ProcessEnd.signalName(number);
            case Exited(int code) -> "exit code " + code;
            case NoAnswer(_, long limitMillis) -> "no answer within %d ms".formatted(limitMillis);
            case NoHeartbeat(long millis) -> "no heartbeat for %d ms".formatted(millis);
            case TooMuchMemory(long bytes) -> "memory limit of %d MB".formatted(bytes >> 20);
            case TooMuchDisk(long bytes) -> "disk limit of %d MB".formatted(bytes >> 20);
            case TooManyThreads(int limit) -> "limit of %d threads".formatted(limit);
            case Disconnected() -> "closed connection";
            case Stuck(Orders.Order order, long seconds) ->
                    "no %s within %d s".formatted(order.load() ? "load" : "unload", seconds);
            case Nonsense _ -> "nonsense";
            case Deaf _ -> "unread messages";
            case EngineLost _ -> "lost engine";
            case NotStarted _ -> "failed start";
        };
    }

    /// What follows `worker <label>` in a sentence.
    default String text() {
        return switch (this) {
            case Crashed(_, String place) -> "was ended by " + name() + place;
            case Signalled(int number) -> new ProcessEnd.Signalled(number).text();
            case Exited(int code) -> new ProcessEnd.Exited(code).text();
            case NoAnswer _ -> "gave " + name() + " and was ended";
            case NoHeartbeat _ -> "gave " + name() + " and was ended";
            case TooMuchMemory _, TooMuchDisk _, TooManyThreads _ ->
                    "went over its " + name() + " and was ended";
            case Disconnected() -> "closed its connection and was ended";
            case Stuck(Orders.Order order, long seconds) ->
                    "did not %s within %d s and was ended".formatted(order.text(), seconds);
            case Nonsense(String what) -> "wrote nonsense (%s) and was ended".formatted(what);
            case Deaf(String what) -> what + " and was ended";
            case EngineLost(String reason) -> "lost its engine and ended: " + reason;
            case NotStarted(String reason) -> reason;
        };
    }

    /// The lane whose execution is to blame; -1 where that is not known.
    default int lane() {
        return switch (this) {
            case Crashed(CrashReport report, _) -> report.lane();
            case NoAnswer(int lane, _) -> lane;
            default -> -1;
        };
    }
}
