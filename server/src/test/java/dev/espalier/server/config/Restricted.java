package dev.espalier.server.config;

import java.util.List;

/// Restrictions for tests of who keeps them.
public final class Restricted {
    private Restricted() {}

    /// What the option's value says: `<group>[,<group>]:<header>=<value>`.
    public static ApiRestrictions by(String value) throws Exception {
        return ApiRestrictions.read(HttpFlag.RESTRICTED_API, List.of(value), "");
    }
}
