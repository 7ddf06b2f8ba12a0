package dev.espalier.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Groups of what clients may ask over one protocol that need a header, whose value not every client is told.
public final class ApiRestrictions {
    public static final ApiRestrictions NONE = new ApiRestrictions(Map.of());

    /// How an option says it.
    static final String FORM = "<group>[,<group>]:<header>=<value>";

    /// What both protocols take for a header's name.
    private static final Pattern HEADER = Pattern.compile("[0-9A-Za-z_.-]+");

    private final Map<ApiGroup, Key> keys;

    /// What opens a group.
    public record Key(String header, String value) {
        /// Whether a client that sent this value of the header may ask.
        ///
        /// @param given null where there is no such header
        public boolean opens(@Nullable String given) {
            return given != null
                    && MessageDigest.isEqual(
                            given.getBytes(StandardCharsets.UTF_8),
                            value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private ApiRestrictions(Map<ApiGroup, Key> keys) {
        this.keys = keys;
    }

    /// Reads the values of an option, each of which restricts groups of its own.
    ///
    /// @param flag for messages
    /// @param prefix what the header's name begins with besides
    static ApiRestrictions read(Flag flag, List<String> values, String prefix)
            throws UsageException {
        Map<ApiGroup, Key> keys = new EnumMap<>(ApiGroup.class);
        for (String value : values) {
            int colon = value.indexOf(':');
            int equals = value.indexOf('=', colon + 1);
            if (colon <= 0 || equals < 0) {
                throw UsageException.bad(flag.text(), value, FORM);
            }
            Key key = key(flag, prefix, value.substring(colon + 1));
            for (String word : value.substring(0, colon).split(",", -1)) {
                if (keys.put(group(flag, word), key) != null) {
                    throw UsageException.bad(flag.text(), word, "each group once");
                }
            }
        }
        return keys.isEmpty() ? NONE : new ApiRestrictions(keys);
    }

    private static Key key(Flag flag, String prefix, String text) throws UsageException {
        int equals = text.indexOf('=');
        String header = text.substring(0, equals);
        if (!HEADER.matcher(header).matches()) {
            throw UsageException.bad(
                    flag.text(), header, "a header's name: letters, digits, '_', '.' and '-'");
        }
        if (header.endsWith("-bin")) {
            throw UsageException.bad(
                    flag.text(), header, "another name: in gRPC '-bin' marks bytes in base64");
        }
        return new Key(prefix + header, text.substring(equals + 1));
    }

    private static ApiGroup group(Flag flag, String word) throws UsageException {
        for (ApiGroup group : ApiGroup.values()) {
            if (group.word().equals(word)) {
                return group;
            }
        }
        throw UsageException.bad(
                flag.text(),
                word,
                "one of "
                        + Stream.of(ApiGroup.values())
                                .map(ApiGroup::word)
                                .collect(Collectors.joining(", ")));
    }

    /// What opens a group; null where everybody may ask.
    public @Nullable Key of(ApiGroup group) {
        return keys.get(group);
    }
}
