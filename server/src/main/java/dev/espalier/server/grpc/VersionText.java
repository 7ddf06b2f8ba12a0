package dev.espalier.server.grpc;

import dev.espalier.server.failure.ServingException;

/// The version of a model as messages carry it: any text.
final class VersionText {
    private VersionText() {}

    /// The version as a decimal number; empty for none.
    ///
    /// @throws ServingException INVALID_ARGUMENT for anything else
    static String checked(String version) throws ServingException {
        int start = version.startsWith("-") ? 1 : 0;
        boolean number = start < version.length();
        for (int i = start; number && i < version.length(); i++) {
            number = version.charAt(i) >= '0' && version.charAt(i) <= '9';
        }
        long value = 0;
        try {
            value = number ? Long.parseLong(version) : 0;
        } catch (NumberFormatException _) {
            number = false;
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
        return number ? Long.toString(value) : "";
    }
}
