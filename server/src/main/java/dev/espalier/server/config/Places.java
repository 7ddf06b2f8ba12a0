package dev.espalier.server.config;

import java.nio.file.Path;
import java.util.Map;

/// Where the server's folders are when the command line does not say.
record Places(Map<String, String> environment) {
    /// Set by the launcher: the folder of the distribution.
    static final String HOME = "ESPALIER_HOME";

    /// The folder of the distribution; the working directory where no launcher said.
    Path home() {
        return absolute(environment.getOrDefault(HOME, "."));
    }

    /// The user's XDG state folder: `$XDG_STATE_HOME`, else `~/.local/state`.
    Path stateDirectory(String given) {
        if (!given.isEmpty()) {
            return absolute(given);
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        // The XDG rules: a relative path is to be ignored.
        if (state.startsWith("/")) {
            return absolute(state + "/espalier");
        }
        String home = environment.getOrDefault("HOME", "");
        return absolute(home.isEmpty() ? "/var/tmp/espalier" : home + "/.local/state/espalier");
    }

    Path engineDirectory(String given) {
        if (!given.isEmpty()) {
            return absolute(given);
        }
        return home().resolve("engines");
    }

    /// Where the launcher found AOT caches that suit this JDK; a file that does not exist where it found
    /// none.
    Path workerAotCache() {
        String folder = environment.getOrDefault("ESPALIER_AOT", "");
        return folder.isEmpty()
                ? home().resolve("no-aot-cache")
                : absolute(folder).resolve("worker.aot");
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
