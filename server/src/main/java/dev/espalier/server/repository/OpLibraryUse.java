package dev.espalier.server.repository;

import java.util.List;

/// An op library that models in service use. The same bytes at two places are one.
///
/// @param name its file's name
/// @param sha256 the hash of its content
/// @param engine the engine that loads it
/// @param ops all that it provides, such as `my.domain:MyOp`
/// @param places where the users put it
/// @param shadows libraries farther away whose ops it hides from these models
/// @param loadMicros the longest that a model with it took to load
public record OpLibraryUse(
        String name,
        String sha256,
        String engine,
        List<String> ops,
        List<String> places,
        List<Model> models,
        List<Worker> workers,
        List<Shadow> shadows,
        long loadMicros) {
    public OpLibraryUse {
        ops = List.copyOf(ops);
        places = List.copyOf(places);
        models = List.copyOf(models);
        workers = List.copyOf(workers);
        shadows = List.copyOf(shadows);
    }

    /// A model version that uses it.
    public record Model(String name, String version) {}

    /// A worker that has it loaded.
    ///
    /// @param pid its process; 0 while there is none
    /// @param deaths how many processes have died in its place
    public record Worker(String name, long pid, int deaths) {}

    /// An op that would otherwise come from another library.
    ///
    /// @param library the other one: its file's name and a short hash
    /// @param place the other one's file
    public record Shadow(String op, String library, String place) {}
}
