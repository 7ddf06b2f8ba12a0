package dev.espalier.server.work;

import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import org.jspecify.annotations.Nullable;

/// What has come of work beside an event loop.
public final class Outcome<T> {
    private final @Nullable T value;
    private final @Nullable ServingException failure;

    private Outcome(@Nullable T value, @Nullable ServingException failure) {
        this.value = value;
        this.failure = failure;
    }

    public static <T> Outcome<T> failed(ServingException failure) {
        return new Outcome<>(null, failure);
    }

    /// Does the work, of which every failure is that of one request.
    ///
    /// @param errors is told of those that nobody expected
    /// @param place where, as for [InternalErrors#report]
    /// @param subject the request, for the log
    public static <T> Outcome<T> of(
            Work<T> work, InternalErrors errors, String place, String subject) {
        try {
            return new Outcome<>(work.run(), null);
        } catch (ServingException refused) {
            return failed(refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return failed(ServingException.stopping(interrupted));
        } catch (Throwable failure) {
            errors.report(place, subject, failure);
            return failed(ServingException.unexpected(failure));
        }
    }

    public T get() throws ServingException {
        if (failure != null) {
            throw failure;
        }
        if (value == null) {
            throw new IllegalStateException("work that came to nothing");
        }
        return value;
    }
}
