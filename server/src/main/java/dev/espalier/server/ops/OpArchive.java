package dev.espalier.server.ops;

import dev.espalier.server.formats.FormatException;
import java.io.IOException;
import java.nio.file.Path;

/// Op libraries of an engine that are archives, and no shared libraries of the machine.
///
/// @param suffix how their names end; empty of an engine that has none
/// @param title their name for people
/// @param folder beside one, with others that it needs
/// @param check tells what is wrong with one
public record OpArchive(String suffix, String title, String folder, Check check) {
    /// Of an engine whose op libraries are shared libraries.
    public static final OpArchive NONE = new OpArchive("", "", "", _ -> {});

    /// Reads an archive, without running anything in it.
    public interface Check {
        /// @param file foreign bytes
        /// @throws FormatException when it is no such archive
        void check(Path file) throws IOException, FormatException;
    }

    /// Whether a file of that name is one.
    boolean isOne(Path file) {
        return !suffix.isEmpty() && file.toString().endsWith(suffix);
    }
}
