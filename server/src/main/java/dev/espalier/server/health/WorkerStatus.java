package dev.espalier.server.health;

import java.time.Instant;
import java.util.List;

/// One worker as operators see it.
///
/// @param name engine and op set
/// @param engine the engine's name
/// @param engineVersion what the engine itself says; empty where no process runs
/// @param state in one word
/// @param pid 0 where none runs
/// @param standbyPid the process that waits to take its place; 0 for none
/// @param confinement what is in force, in words; empty where no process runs
/// @param memoryBytes memory of its own; 0 where no process runs
/// @param models the names of the models that it serves
/// @param deaths how many processes have died in its place
/// @param lastDeaths the latest of them, newest first
public record WorkerStatus(
        String name,
        String engine,
        String engineVersion,
        String state,
        long pid,
        long standbyPid,
        String confinement,
        long memoryBytes,
        List<String> models,
        int deaths,
        List<DeathStatus> lastDeaths) {
    /// One death.
    ///
    /// @param text how it died, in words
    /// @param record the file with its evidence; empty for none
    public record DeathStatus(Instant at, String text, String record) {}

    public WorkerStatus {
        models = List.copyOf(models);
        lastDeaths = List.copyOf(lastDeaths);
    }
}
