package dev.espalier.server.grpc;

import java.time.Duration;

/// How fast a client sends or takes the bytes of one call. It is looked at once a second: time is counted in looks.
final class CallPace {
    /// What a client brings or takes within the time that it has; the last piece may be smaller.
    static final long STEP = 64 << 10;

    private Wait wait = Wait.SERVER;
    private long mark;
    private long looks;

    /// Bytes by which the client has let the call's answer grow.
    private long granted;

    /// Bytes that the connection's client has taken while the call only waited for its turn.
    private long credit;

    /// What a call waits for.
    enum Wait {
        /// The server, or a model.
        SERVER,
        MESSAGE,
        ANSWER_TAKEN,
        /// The end of a client's part, which nobody wants any more.
        END
    }

    void granted(long bytes) {
        granted += bytes;
    }

    /// How many bytes of the answer have been sent.
    ///
    /// @param initialWindow how many the client took at first
    /// @param window how many it would take now
    long sent(long initialWindow, long window) {
        return initialWindow + granted - window;
    }

    /// The connection's client has taken so many bytes, and could have had this call's, too.
    void hadToWait(long bytes) {
        credit += bytes;
    }

    long credit() {
        return credit;
    }

    /// A second has passed.
    ///
    /// @param count bytes so far of what is being waited for
    /// @param limit for the next [#STEP] bytes
    /// @return whether that takes too long
    boolean look(Wait now, long count, Duration limit) {
        if (now != wait || count - mark >= STEP) {
            wait = now;
            mark = count;
            looks = 0;
            return false;
        }
        looks++;
        return now != Wait.SERVER && !limit.isZero() && looks > limit.toSeconds();
    }
}
