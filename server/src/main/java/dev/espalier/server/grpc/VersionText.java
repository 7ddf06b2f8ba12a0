package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;

/// The version of a model as messages carry it: any text.
final class VersionText {
    /// So many digits always fit a `long`.
    private static final int MOST_DIGITS = 18;

    private VersionText() {}

    /// The version as a decimal number; empty for none.
    ///
    /// @throws ServingException INVALID_ARGUMENT for anything else
    static String checked(String version) throws ServingException {
        int start = version.startsWith("-") ? 1 : 0;
        int digits = version.length() - start;
        boolean number = digits > 0 && digits <= MOST_DIGITS;
        for (int i = start; number && i < version.length(); i++) {
            number = version.charAt(i) >= '0' && version.charAt(i) <= '9';
        }
        if (!number && !version.isEmpty()) {
            throw Failures.invalid(
                    "failed to get model version from specified version string '%s' (details: stol), version should be an integral value > 0"
                            .formatted(version));
        }
        if (start > 0) {
            throw Failures.invalid(
                    "invalid model version specified '%s' , version should be an integral value > 0"
                            .formatted(version));
        }
        return version;
    }
}
