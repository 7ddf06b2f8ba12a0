package dev.espalier.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads `--name=value`, `--name value` and bare `--name`.
final class FlagReader {
    private final Map<String, Flag> byName = new HashMap<>();
    private final UnavailableFlags unavailable = new UnavailableFlags();
    private final FlagValues values = new FlagValues();
    private final List<String> notices = new ArrayList<>();

    FlagReader() {
        for (Flag flag : Flag.all()) {
            byName.put(flag.text(), flag);
            flag.row().aliases().forEach(alias -> byName.put(alias, flag));
        }
    }

    FlagValues values() {
        return values;
    }

    /// One line for every option that was accepted but changes nothing.
    List<String> notices() {
        return notices;
    }

    void read(String[] arguments) throws UsageException {
        int next = 0;
        while (next < arguments.length) {
            String argument = arguments[next++];
            if (!argument.startsWith("--") || argument.length() == 2) {
                throw new UsageException(
                        "unexpected argument: '" + argument + "' (expected: --name=value)");
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            Flag flag = byName.get(name);
            boolean valueFollows =
                    equals < 0 && next < arguments.length && !arguments[next].startsWith("--");
            if (flag == null) {
                notices.add(noticeOf(name));
                next += valueFollows ? 1 : 0;
            } else if (equals >= 0) {
                values.add(flag, argument.substring(equals + 1));
            } else if (valueFollows) {
                values.add(flag, arguments[next++]);
            } else if (flag.row().type().standsAlone()) {
                values.add(flag, "true");
            } else {
                throw new UsageException("--" + name + " needs a value: --" + name + "=<value>");
            }
        }
    }

    private String noticeOf(String name) throws UsageException {
        if (unavailable.knows(name)) {
            return unavailable.notice(name);
        }
        String near = new Nearest(byName.keySet()).to(name);
        throw new UsageException(
                "unknown option: --"
                        + name
                        + (near.isEmpty() ? "" : " (did you mean --" + near + "?)")
                        + "; trtserver --help lists them all");
    }
}
