package dev.espalier.server.config;

import dev.espalier.server.config.OpOptions.ServerLibrary;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Where the server's folders are when the command line does not say.
record Places(Map<String, String> environment) {
    /// Set by the launcher: the folder of the distribution.
    static final String HOME = "ESPALIER_HOME";

    /// This machine in the names of folders of libraries, as `uname` names it.
    static final String PLATFORM =
            "linux-" + System.getProperty("os.arch").replace("amd64", "x86_64");

    /// The folder of the distribution; the working directory where no launcher said.
    Path home() {
        return absolute(environment.getOrDefault(HOME, "."));
    }

    /// The user's XDG state folder: `$XDG_STATE_HOME`, else `~/.local/state`.
    Path stateDirectory(String given) {
        return given.isEmpty() ? userFolder("XDG_STATE_HOME", ".local/state") : absolute(given);
    }

    /// Where `espalier engine install` puts engine packs: in the user's XDG data folder, `$XDG_DATA_HOME`,
    /// else `~/.local/share`.
    Path installedEngines(String given) {
        return given.isEmpty()
                ? userFolder("XDG_DATA_HOME", ".local/share").resolve("engines")
                : absolute(given);
    }

    /// Ours in one of the folders of the XDG rules, by which a relative path is to be ignored.
    ///
    /// @param underHome where it is unless the variable says otherwise
    private Path userFolder(String variable, String underHome) {
        String folder = environment.getOrDefault(variable, "");
        if (folder.startsWith("/")) {
            return absolute(folder + "/espalier");
        }
        String home = environment.getOrDefault("HOME", "");
        return absolute(
                home.isEmpty() ? "/var/tmp/espalier" : home + "/" + underHome + "/espalier");
    }

    /// Where the launcher found AOT caches that suit this JDK; a file that does not exist where it found
    /// none.
    Path workerAotCache() {
        String folder = environment.getOrDefault("ESPALIER_AOT", "");
        return folder.isEmpty()
                ? home().resolve("no-aot-cache")
                : absolute(folder).resolve("worker.aot");
    }

    /// The folders of op libraries for this machine that somebody has built into the distribution:
    /// `ops/<engine>/<platform>/`, as they come in the jars of op packages.
    List<ServerLibrary> builtInLibraries() throws UsageException {
        Path ops = home().resolve("ops");
        if (!environment.containsKey(HOME) || !Files.isDirectory(ops)) {
            return List.of();
        }
        List<ServerLibrary> libraries = new ArrayList<>();
        try (var engines = Files.newDirectoryStream(ops)) {
            for (Path engine : engines) {
                Path folder = engine.resolve(PLATFORM);
                if (Files.isDirectory(folder)) {
                    libraries.add(new ServerLibrary(String.valueOf(engine.getFileName()), folder));
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            throw new UsageException(
                    "the op libraries of the distribution in %s cannot be listed: %s"
                            .formatted(ops, failure.getMessage()));
        }
        return libraries;
    }

    /// Set by `bin/trtserver`: what `LD_PRELOAD` named; empty for nothing.
    String preload() {
        return environment.getOrDefault("ESPALIER_PRELOAD", "");
    }

    /// Set by one test: it shows what happens when op sets share a process.
    boolean oneWorkerForAll() {
        return environment.getOrDefault("ESPALIER_TEST_ONE_WORKER", "").equals("true");
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }
}
