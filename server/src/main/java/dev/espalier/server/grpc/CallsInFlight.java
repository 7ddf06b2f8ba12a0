package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;

/// What the calls of one connection take up on the heap with their headers, counted before there is anything of them. To
/// count each one would cost each a share's locks, so room is taken for twice as many whenever it runs out, and given
/// back once a second. Used by the connection's event loop only.
final class CallsInFlight {
    /// Of a call: its headers, of which gRPC takes 8 KB, and what gRPC and the server know of it.
    static final long CALL = 12 << 10;

    private final GrpcConnection connection;

    /// For how many there is room; 0 or a power of two.
    private int room;

    CallsInFlight(GrpcConnection connection) {
        this.connection = connection;
    }

    /// One more is about to begin.
    ///
    /// @param count how many there are with it
    /// @throws ServingException when there is no room for it on the heap; nothing has changed then
    void begun(int count) throws ServingException {
        if (count > room) {
            int wanted = roomFor(count);
            connection.heap().take((wanted - room) * CALL);
            room = wanted;
        }
    }

    /// Gives back what is more than so many calls need.
    void settle(int count) {
        int enough = roomFor(count);
        if (enough < room) {
            connection.heap().give((room - enough) * CALL);
            room = enough;
        }
    }

    private static int roomFor(int count) {
        return count == 0 ? 0 : Integer.highestOneBit(2 * count - 1);
    }
}
