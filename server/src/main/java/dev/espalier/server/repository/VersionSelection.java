package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelVersionPolicy;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Which versions of a model are served: its `version_policy`.
final class VersionSelection {
    private VersionSelection() {}

    /// The numbers of the versions in a model's folder. A version's folder is named by a number that
    /// does not begin with 0; other folders are none.
    static NavigableSet<Long> versionsIn(Path folder) {
        NavigableSet<Long> versions = new TreeSet<>();
        try (var entries = Files.newDirectoryStream(folder, "[1-9]*")) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.matches("[1-9]\\d{0,18}") && Files.isDirectory(entry)) {
                    number(name).ifPresent(versions::add);
                }
            }
        } catch (IOException _) {
            // A folder that cannot be read has no versions.
        }
        return versions;
    }

    /// Empty for one that is too large for a version.
    private static Optional<Long> number(String digits) {
        try {
            return Optional.of(Long.parseLong(digits));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Folders that look like versions and are none, since their names begin with 0.
    static List<String> ignored(Path folder) {
        List<String> ignored = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder, "0*")) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.matches("\\d+") && Files.isDirectory(entry)) {
                    ignored.add(name);
                }
            }
        } catch (IOException _) {
            // As above.
        }
        return ignored;
    }

    /// The versions to serve, lowest first.
    ///
    /// @throws ServingException when there is none
    static List<Long> select(Path folder, ModelConfig config) throws ServingException {
        NavigableSet<Long> present = versionsIn(folder);
        ModelVersionPolicy policy = config.getVersionPolicy();
        NavigableSet<Long> selected;
        if (policy.hasAll()) {
            selected = present;
        } else if (policy.hasSpecific()) {
            selected = new TreeSet<>(policy.getSpecific().getVersionsList());
            selected.retainAll(present);
        } else {
            long count = Math.max(1, policy.getLatest().getNumVersions());
            selected = new TreeSet<>(present.descendingSet().stream().limit(count).toList());
        }
        if (selected.isEmpty()) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "at least one version must be available under the version policy of model '%s' (present in %s: %s; ignored, since they begin with 0: %s)"
                            .formatted(config.getName(), folder, present, ignored(folder)));
        }
        return List.copyOf(selected);
    }
}
