package dev.espalier.server.tracing;

import java.util.Locale;

/// The protocol by which a request comes, and the names of what is timed there.
public enum Door {
    HTTP(
            Moment.HTTP_RECV_START,
            Moment.HTTP_RECV_END,
            Moment.HTTP_SEND_START,
            Moment.HTTP_SEND_END),
    GRPC(
            Moment.GRPC_WAITREAD_START,
            Moment.GRPC_WAITREAD_END,
            Moment.GRPC_SEND_START,
            Moment.GRPC_SEND_END);

    private final Moment begins;
    private final Moment read;
    private final Moment writes;
    private final Moment written;

    Door(Moment begins, Moment read, Moment writes, Moment written) {
        this.begins = begins;
        this.read = read;
        this.writes = writes;
        this.written = written;
    }

    /// Its name for people.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    Moment begins() {
        return begins;
    }

    Moment read() {
        return read;
    }

    Moment writes() {
        return writes;
    }

    Moment written() {
        return written;
    }
}
