package dev.espalier.installer;

import java.nio.file.Path;
import java.util.Map;

/// Where engine packs are, by the rules of the server.
record EnginePlaces(Map<String, String> environment) {
    /// Of those that came with the server. The launcher says where that is.
    PackFolder distribution() {
        return folder(environment.getOrDefault("ESPALIER_HOME", ".") + "/engines");
    }

    /// Of those that are installed beside them: in the user's XDG data folder unless `given` says otherwise.
    PackFolder installed(String given) {
        if (!given.isEmpty()) {
            return folder(given);
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The XDG rules: a relative path is to be ignored.
        if (data.startsWith("/")) {
            return folder(data + "/espalier/engines");
        }
        String home = environment.getOrDefault("HOME", "");
        return folder(
                home.isEmpty()
                        ? "/var/tmp/espalier/engines"
                        : home + "/.local/share/espalier/engines");
    }

    private static PackFolder folder(String path) {
        return new PackFolder(Path.of(path).toAbsolutePath().normalize());
    }
}
