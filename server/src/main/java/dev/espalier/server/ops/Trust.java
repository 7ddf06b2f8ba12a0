package dev.espalier.server.ops;

import dev.espalier.server.files.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which op libraries may be loaded: those of a list, if there is one, with all that belongs to them, and those whose content is what the
/// `.sha256` file beside them says, if there is one.
public final class Trust {
    static final String CHECKSUM_SUFFIX = ".sha256";

    /// A hash and a name.
    private static final int MOST_CHECKSUM = 1 << 13;

    private final String list;
    private final Set<String> allowed;

    private Trust(String list, Set<String> allowed) {
        this.list = list;
        this.allowed = allowed;
    }

    /// Without a list.
    public static Trust everything() {
        return new Trust("", Set.of());
    }

    /// Only what is listed in `file`: a SHA-256 a line, which may be followed by a name, as `sha256sum`
    /// writes it; lines that begin with `#` are comments.
    ///
    /// @throws IOException when it cannot be read, or a line is something else
    public static Trust listedIn(Path file) throws IOException {
        Set<String> allowed = new HashSet<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String hash = hash(line);
                if (hash.isEmpty()) {
                    throw new IOException(
                            "%s: '%s' (expected: a SHA-256 of 64 hexadecimal digits)"
                                    .formatted(file, line));
                }
                allowed.add(hash);
            }
        }
        return new Trust(file.toString(), allowed);
    }

    /// Why a library may not be loaded; empty where it may.
    Optional<Fault> fault(OpLibrary library) {
        if (!list.isEmpty()) {
            if (!allowed.contains(library.content())) {
                return Optional.of(new TrustFault.NotAllowed(library.content(), list));
            }
            for (OpLibrary.Part part : library.parts()) {
                if (!allowed.contains(part.sha256())) {
                    return Optional.of(
                            new TrustFault.PartNotAllowed(part.name(), part.sha256(), list));
                }
            }
        }
        Path beside =
                library.source().resolveSibling(library.source().getFileName() + CHECKSUM_SUFFIX);
        if (Files.notExists(beside)) {
            return Optional.empty();
        }
        try {
            String expected = hash(RegularFile.text(beside, MOST_CHECKSUM));
            return expected.equals(library.content())
                    ? Optional.empty()
                    : Optional.of(
                            new TrustFault.OtherContent(
                                    library.content(),
                                    expected.isEmpty() ? "a SHA-256" : expected,
                                    beside.toString()));
        } catch (IOException failure) {
            return Optional.of(
                    new FileFault.NotReadable(
                            "%s beside it cannot be read: %s"
                                    .formatted(beside.getFileName(), failure.getMessage())));
        }
    }

    private static String hash(String text) {
        String first = text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        return first.matches("[0-9a-f]{64}") ? first : "";
    }
}
