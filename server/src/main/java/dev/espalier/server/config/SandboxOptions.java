package dev.espalier.server.config;

import java.util.List;
import java.util.stream.Stream;

/// What workers are kept from.
///
/// @param environment names of the server's environment variables that workers get beyond the usual ones
/// @param readable files and folders that workers may read beyond their own
/// @param writable files and folders that they may write beyond their own
/// @param network whether they may use the network
/// @param user whom the workers of a server become that runs as root
/// @param diskBytes what a file of a worker's, and its folder, may have; 0 for any number
/// @param addressBytes what each process of a worker may map; 0 for any number
public record SandboxOptions(
        Mode mode,
        List<String> environment,
        List<Place> readable,
        List<Place> writable,
        boolean network,
        User user,
        long diskBytes,
        long addressBytes) {
    /// Whether workers are confined.
    public enum Mode {
        /// As far as this machine can.
        AUTO,
        /// In everything: a worker that cannot be confined so does not start.
        ON,
        /// Never.
        OFF
    }

    /// A user and a group, in numbers: neither needs a name on this machine.
    public record User(int id, int group) {
        /// As the option's value and the starter have it.
        @Override
        public String toString() {
            return id + ":" + group;
        }
    }

    /// Workers that may use nothing but what they must.
    public SandboxOptions(Mode mode, List<String> environment) {
        this(mode, environment, List.of(), List.of(), false, new User(65534, 65534), 1L << 30, 0);
    }

    /// The same with more that workers may use.
    public SandboxOptions with(Grants grants) {
        return new SandboxOptions(
                mode,
                environment,
                both(readable, grants.readable()),
                both(writable, grants.writable()),
                network || grants.network(),
                user,
                diskBytes,
                addressBytes);
    }

    private static List<Place> both(List<Place> some, List<Place> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    public SandboxOptions {
        environment = List.copyOf(environment);
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }
}
