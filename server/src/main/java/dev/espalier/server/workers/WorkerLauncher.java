package dev.espalier.server.workers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts worker processes, and probes.
///
/// @param javaHome the JDK that the server runs on; workers run on the same
/// @param aotCache the workers' AOT cache; used where the file exists
/// @param stateDirectory where the JVM of a worker that crashes leaves its report
/// @param javaOptions further options of the workers' JVMs
public record WorkerLauncher(
        Path javaHome, Path aotCache, Path stateDirectory, List<String> javaOptions) {
    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-Xms8m",
                    "-Xmx64m",
                    "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED");

    /// Variables that would change what a worker loads.
    private static final List<String> NOT_INHERITED =
            List.of("LD_PRELOAD", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    public WorkerLauncher {
        javaOptions = List.copyOf(javaOptions);
    }

    /// Starts a worker for an engine, which will connect to the control socket `socket`.
    Process start(EnginePack pack, String socket) throws IOException {
        return start(
                "worker",
                javaOptions,
                pack,
                pack.mainClass(),
                socket,
                pack.engine(),
                pack.library().toString());
    }

    /// Starts a probe, which will open an op library and write what it learns to the file `events`.
    Process startProbe(EnginePack pack, Path events, Path opLibrary) throws IOException {
        return start(
                "probe",
                List.of("-XX:-CreateCoredumpOnCrash"),
                pack,
                pack.probeClass(),
                events.toString(),
                pack.engine(),
                pack.library().toString(),
                opLibrary.toString());
    }

    private Process start(
            String kind,
            List<String> moreOptions,
            EnginePack pack,
            String mainClass,
            String... arguments)
            throws IOException {
        Path reports = Files.createDirectories(stateDirectory.resolve("crashes"));
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-XX:ErrorFile=" + reports.resolve(kind + "-%p.log"));
        if (Files.exists(aotCache)) {
            command.add("-XX:AOTCache=" + aotCache);
        }
        command.addAll(moreOptions);
        command.add("-cp");
        command.add(pack.classPath().toString());
        command.add(mainClass);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true);
        NOT_INHERITED.forEach(builder.environment()::remove);
        return builder.start();
    }
}
