package dev.espalier.server.repository.fields;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.espalier.protocol.ModelConfig;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Completes what protobuf's parsers say of a field that is not there.
public final class FieldNames {
    private static final Pattern TEXT =
            Pattern.compile("unknown fields.*?:\\s+([\\w.]+)\\.(\\w+)", Pattern.DOTALL);
    private static final Pattern JSON =
            Pattern.compile("Cannot find field: (\\w+) in message ([\\w.]+)");

    private FieldNames() {}

    /// The message, with the name that was probably meant.
    public static String withHint(String message) {
        Matcher text = TEXT.matcher(message);
        if (text.find()) {
            return message + hint(text.group(1), text.group(2));
        }
        Matcher json = JSON.matcher(message);
        return json.find() ? message + hint(json.group(2), json.group(1)) : message;
    }

    private static String hint(String type, String name) {
        Descriptor found = find(type, ModelConfig.getDescriptor(), new HashSet<>());
        return found == null
                ? ""
                : Hints.didYouMean(
                        name, found.getFields().stream().map(FieldDescriptor::getName).toList());
    }

    private static @Nullable Descriptor find(String type, Descriptor from, Set<String> seen) {
        if (from.getFullName().equals(type)) {
            return from;
        }
        if (seen.add(from.getFullName())) {
            for (FieldDescriptor field : from.getFields()) {
                Descriptor found =
                        field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                                ? find(type, field.getMessageType(), seen)
                                : null;
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }
}
