package dev.espalier.server.scheduling;

/// What a model's ops may do, from its parameters and the server's options.
///
/// @param limitMillis how long one execution may run before its worker is taken for hung; 0 for any time
/// @param idempotent whether running a request twice does no harm; otherwise a request that has been
///     started is never run again
public record ExecutionPolicy(long limitMillis, boolean idempotent) {
    /// What holds where nothing is said.
    public static final ExecutionPolicy DEFAULT = new ExecutionPolicy(0, true);
}
