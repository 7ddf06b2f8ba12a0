package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one look at a model's files gave.
sealed interface ModelReading extends AutoCloseable {
    /// What the files looked like, before and after.
    Look look();

    /// Lets go of the copies of the model's files.
    @Override
    default void close() {}

    /// Where was looked, and what there was.
    ///
    /// @param places the model's folder, and whatever else its versions are made of
    record Look(Set<Path> places, FileStamps stamps) {
        public Look {
            places = Set.copyOf(places);
        }

        static Look at(Set<Path> places) {
            return new Look(places, FileStamps.of(places));
        }

        /// The same places as they are now.
        Look again() {
            return at(places);
        }
    }

    /// The model can be loaded, as far as its files say.
    ///
    /// @param failures versions that cannot, with the reasons
    /// @param notes what of the configuration has no effect
    record Complete(
            Look look,
            List<VersionDefinition> versions,
            Map<Long, String> failures,
            List<String> notes)
            implements ModelReading {
        public Complete {
            versions = List.copyOf(versions);
            failures = Map.copyOf(failures);
            notes = List.copyOf(notes);
        }

        @Override
        public void close() {
            versions.forEach(version -> version.files().close());
        }
    }

    /// No version of the model can be loaded, and why.
    record Unusable(Look look, ServingException failure) implements ModelReading {}
}
