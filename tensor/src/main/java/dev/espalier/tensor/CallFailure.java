package dev.espalier.tensor;

import java.util.Optional;

/// Why a call of one model to another has come to nothing.
public enum CallFailure {
    /// The call is not one that the model takes, or not one that may be made.
    REFUSED(1),
    /// There is no such model, or not this version.
    NOT_FOUND(2),
    /// The model is not served now, or its worker has died of the call.
    UNAVAILABLE(3),
    /// There is no room at the moment: the same call may be served a little later.
    BUSY(4),
    /// Nobody waits for the request any more that the call is made for.
    CANCELLED(5),
    /// The model has failed at it.
    FAILED(6);

    private final int code;

    CallFailure(int code) {
        this.code = code;
    }

    /// Its number on the link.
    public int code() {
        return code;
    }

    /// The failure of this number.
    public static Optional<CallFailure> ofCode(int code) {
        for (CallFailure failure : values()) {
            if (failure.code == code) {
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }
}
