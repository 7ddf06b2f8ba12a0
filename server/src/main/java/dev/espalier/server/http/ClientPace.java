package dev.espalier.server.http;

import dev.espalier.server.config.HttpLimits;
import java.time.Duration;

/// How fast one client sends and takes bytes. It is looked at once a second, so that a request costs no clock: time
/// is counted in looks. Used by the connection's event loop only.
final class ClientPace {
    /// What a client brings or takes within the time that it has; the last piece may be smaller.
    private static final long STEP = 64 << 10;

    private final HttpLimits limits;
    private long arrived;
    private boolean begunAnew;
    private Wait wait = Wait.NOTHING;
    private long looks;
    private long begun;
    private long lastLeft;

    /// What the server waits for.
    enum Wait {
        /// Itself, or a model.
        NOTHING,
        REQUEST,
        BODY,
        ANSWER_TAKEN
    }

    /// What is to be done about a client.
    enum Verdict {
        FINE,
        /// It has had nothing to say for long.
        IDLE,
        SLOW_HEADER,
        SLOW_BODY,
        /// It does not take its answer.
        SLOW_READER
    }

    ClientPace(HttpLimits limits) {
        this.limits = limits;
    }

    void arrived(int bytes) {
        arrived += bytes;
    }

    /// The header of a request is complete.
    void requestBegins() {
        arrived = 0;
        begunAnew = true;
    }

    /// A second has passed.
    ///
    /// @param now what is being waited for
    /// @param left bytes of answers that the client has not taken
    Verdict look(Wait now, long left) {
        looks++;
        if (now != wait || begunAnew) {
            wait = now;
            long since = arrived;
            restart(left);
            arrived = since;
            begunAnew = false;
        }
        return switch (now) {
            case NOTHING -> Verdict.FINE;
            case REQUEST -> request();
            case BODY -> {
                if (arrived >= STEP) {
                    restart(left);
                }
                yield over(limits.body()) ? Verdict.SLOW_BODY : Verdict.FINE;
            }
            case ANSWER_TAKEN -> {
                // More is left than before only where there was room for more.
                if (left > lastLeft || lastLeft - left >= STEP) {
                    restart(left);
                }
                yield over(limits.answer()) ? Verdict.SLOW_READER : Verdict.FINE;
            }
        };
    }

    /// What a client is told that is cut off.
    String told(Verdict verdict) {
        return verdict == Verdict.SLOW_HEADER
                ? "the request's header is not complete after %d seconds"
                        .formatted(limits.header().toSeconds())
                : "the request's body goes on too slowly (expected: 64 KB or its end within %d seconds)"
                        .formatted(limits.body().toSeconds());
    }

    private Verdict request() {
        if (arrived == 0) {
            return over(limits.idle()) ? Verdict.IDLE : Verdict.FINE;
        }
        if (lastLeft >= 0) {
            // Seen for the first time: the header has begun within this second.
            begun = looks - 1;
            lastLeft = -1;
        }
        return over(limits.header()) ? Verdict.SLOW_HEADER : Verdict.FINE;
    }

    private void restart(long left) {
        arrived = 0;
        begun = looks;
        lastLeft = left;
    }

    private boolean over(Duration limit) {
        return !limit.isZero() && looks - begun > limit.toSeconds();
    }
}
