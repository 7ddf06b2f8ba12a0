package dev.espalier.server.config;

import java.util.ArrayList;
import java.util.List;

/// The ports that were given away, so that no two services get the same.
final class Ports {
    private record Taken(String service, String address, int port) {
        /// The address of all interfaces meets every other address.
        boolean meets(Taken other) {
            return port == other.port
                    && (address.equals(other.address) || isAny(address) || isAny(other.address));
        }

        private static boolean isAny(String address) {
            return address.equals("0.0.0.0") || address.equals("::");
        }
    }

    private final List<Taken> taken = new ArrayList<>();

    /// Gives a port to a service; port 0, any free one, collides with nothing.
    void take(boolean allowed, String service, String address, int port) throws UsageException {
        if (!allowed || port == 0) {
            return;
        }
        Taken wanted = new Taken(service, address, port);
        for (Taken other : taken) {
            if (wanted.meets(other)) {
                throw new UsageException(
                        "--%s-port: %d is also --%s-port (expected: a port of its own for each)"
                                .formatted(service, port, other.service()));
            }
        }
        taken.add(wanted);
    }
}
