package dev.espalier.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what workers are kept from, and what they may use nevertheless.
record SandboxReader(FlagValues values, Map<String, String> environment) {
    private static final Pattern USER = Pattern.compile("([1-9][0-9]{0,8}):([1-9][0-9]{0,8})");

    SandboxOptions read() throws UsageException {
        // The libraries that the server itself was told of: users set it for their op libraries'
        // sake.
        List<Place> readable = new ArrayList<>();
        for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)) {
            if (!folder.isEmpty() && Files.isDirectory(Path.of(folder))) {
                readable.add(Place.of(Path.of(folder).toAbsolutePath().normalize()));
            }
        }
        readable.addAll(paths(WorkerFlag.READ));
        return new SandboxOptions(
                SandboxOptions.Mode.valueOf(
                        values.text(WorkerFlag.SANDBOX).toUpperCase(Locale.ROOT)),
                values.all(WorkerFlag.ENVIRONMENT),
                readable,
                paths(WorkerFlag.WRITE),
                values.on(WorkerFlag.NETWORK),
                user(),
                values.number(WorkerFlag.DISK) << 20,
                values.number(WorkerFlag.ADDRESS_SPACE) << 20);
    }

    private List<Place> paths(Flag flag) throws UsageException {
        List<Place> paths = new ArrayList<>();
        for (String value : values.all(flag)) {
            Path path = Path.of(value).toAbsolutePath().normalize();
            if (!Files.exists(path) || path.getNameCount() == 0) {
                throw UsageException.bad(
                        flag.text(), value, "a file or folder that exists, not the root of all");
            }
            paths.add(Place.of(path));
        }
        return paths;
    }

    private SandboxOptions.User user() throws UsageException {
        String value = values.text(WorkerFlag.USER);
        Matcher user = USER.matcher(value);
        if (!user.matches()) {
            throw UsageException.bad(
                    WorkerFlag.USER.text(), value, "two numbers with a colon between, neither 0");
        }
        return new SandboxOptions.User(
                Integer.parseInt(user.group(1)), Integer.parseInt(user.group(2)));
    }
}
