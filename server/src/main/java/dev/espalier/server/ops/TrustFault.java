package dev.espalier.server.ops;

/// Why a library is not trusted. Nothing of it is opened or run.
public sealed interface TrustFault extends Fault {
    /// Lists and checksums may be mended at any time.
    @Override
    default boolean lasting() {
        return false;
    }

    /// @param list the file of hashes that are allowed
    record NotAllowed(String sha256, String list) implements TrustFault {
        @Override
        public String text() {
            return "has SHA-256 %s, which is not in the list of allowed ones, %s (--op-allow)"
                    .formatted(sha256, list);
        }
    }

    /// @param name which part of the library
    record PartNotAllowed(String name, String sha256, String list) implements TrustFault {
        @Override
        public String text() {
            return "has a part, %s, with SHA-256 %s, which is not in the list of allowed ones, %s (--op-allow)"
                    .formatted(name, sha256, list);
        }
    }

    /// @param file the file beside it that says what it must be
    record OtherContent(String sha256, String expected, String file) implements TrustFault {
        @Override
        public String text() {
            return "has SHA-256 %s (expected: %s, as %s says); copy the library that the checksum is of"
                    .formatted(sha256, expected, file);
        }
    }
}
