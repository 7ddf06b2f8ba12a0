package dev.espalier.server.workers;

import dev.espalier.server.config.SandboxOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What to do about a file that confinement keeps from a worker, where the worker's own words name it. They are foreign:
/// only their beginning is looked at, and no file is.
final class SandboxHint {
    private static final int MOST_CHARACTERS = 4_000;

    /// A file that may not be read, and, where workers have a root of their own, one that is not in it.
    private static final List<String> SIGNS =
            List.of("Permission denied", "Operation not permitted", "No such file or directory");

    /// What may follow a path in a sentence.
    private static final String ENDS = " \t\n\"'`,;:()[]{}<>=";

    private final List<Path> visible;

    /// @param sandbox what workers may use beside their own
    /// @param own files of the model's; what lies beside them is there, too
    SandboxHint(SandboxOptions sandbox, List<Path> own) {
        visible = new ArrayList<>();
        Stream.concat(sandbox.readable().stream(), sandbox.writable().stream())
                .forEach(place -> {
                    visible.add(place.path());
                    visible.add(place.real());
                });
        Starter.SYSTEM.forEach(path -> visible.add(Path.of(path)));
        own.forEach(file -> visible.add(file.getParent() == null ? file : file.getParent()));
    }

    /// The text, with the hint behind it where there is one.
    String on(String text) {
        String looked = text.substring(0, Math.min(text.length(), MOST_CHARACTERS));
        if (SIGNS.stream().noneMatch(looked::contains)) {
            return text;
        }
        for (int i = 0; i < looked.length(); i++) {
            boolean begins = i == 0 || ENDS.indexOf(looked.charAt(i - 1)) >= 0;
            if (looked.charAt(i) == '/' && begins) {
                int end = end(looked, i);
                if (end - i > 1 && isHidden(looked.substring(i, end))) {
                    String path = looked.substring(i, end);
                    return "%s (workers are kept from %s; --worker-read=%s lets them read it)"
                            .formatted(text, path, path);
                }
                i = end - 1;
            }
        }
        return text;
    }

    private static int end(String text, int begin) {
        int end = begin + 1;
        while (end < text.length() && ENDS.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.charAt(end - 1) == '.' ? end - 1 : end;
    }

    private boolean isHidden(String text) {
        try {
            Path path = Path.of(text).normalize();
            return !text.contains("/" + WorkerFolder.PREFIX)
                    && visible.stream().noneMatch(path::startsWith);
        } catch (InvalidPathException _) {
            return false;
        }
    }
}
