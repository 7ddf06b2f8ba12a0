package dev.espalier.server.config;

import java.util.List;
import java.util.stream.Stream;

/// An option of the command line. Each part of the server has the table of its own, a row an option
/// with group, name, type, default and help text. Names, types and defaults are Triton's where
/// Triton has the option.
sealed interface Flag
        permits RepositoryFlag, ServerFlag, HttpFlag, GrpcFlag, TraceFlag, WorkerFlag {
    /// All of them, in the order of their tables.
    static List<Flag> all() {
        return Stream.<Flag[]>of(
                        RepositoryFlag.values(),
                        ServerFlag.values(),
                        HttpFlag.values(),
                        GrpcFlag.values(),
                        TraceFlag.values(),
                        WorkerFlag.values())
                .flatMap(Stream::of)
                .toList();
    }

    /// What the table says of it.
    FlagRow row();

    /// The name without its dashes.
    default String text() {
        return row().text();
    }
}
