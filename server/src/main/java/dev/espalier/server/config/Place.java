package dev.espalier.server.config;

import java.io.IOException;
import java.nio.file.Path;

/// A file or folder that workers may use, as it is called and where that leads. It is looked up once: whoever may write
/// above it can change where its name leads, and must not change what others may use by that.
///
/// @param path absolute, as it was given
/// @param real the same with its links followed; `path` where nothing is there
public record Place(Path path, Path real) {
    /// Where an absolute path leads now.
    public static Place of(Path path) {
        try {
            return new Place(path, path.toRealPath());
        } catch (IOException _) {
            return new Place(path, path.normalize());
        }
    }
}
