package dev.espalier.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a path names: an operation, and the model it is about.
///
/// @param model or region of shared memory; empty where the operation is not about one
/// @param version a decimal number; empty for the highest that is ready
record Route(Operation operation, String model, String version) {
    private static final String ROOT = "/v2";

    /// The route of a request's target, or null where there is none.
    static @Nullable Route of(String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (path.equals(ROOT)) {
            return new Route(Operation.SERVER_METADATA, "", "");
        }
        return path.startsWith(ROOT + "/")
                ? of(path.substring(ROOT.length() + 1).split("/", -1))
                : null;
    }

    private static @Nullable Route of(String[] parts) {
        return switch (parts[0]) {
            case "models" -> model(parts);
            case "health" -> parts.length == 2 ? health(parts[1]) : null;
            case "repository" -> repository(parts);
            case "systemsharedmemory" ->
                    region(
                            parts,
                            Operation.REGION_STATUS,
                            Operation.REGION_REGISTER,
                            Operation.REGION_UNREGISTER);
            case "cudasharedmemory" ->
                    region(
                            parts,
                            Operation.GPU_REGION_STATUS,
                            Operation.GPU_REGION_REGISTER,
                            Operation.GPU_REGION_UNREGISTER);
            case "trace" ->
                    parts.length == 2 && parts[1].equals("setting")
                            ? server(Operation.TRACE_SETTING)
                            : null;
            case "espalier" -> espalier(parts);
            case "logging" -> parts.length == 1 ? server(Operation.LOGGING) : null;
            default -> null;
        };
    }

    /// Why its version cannot be one, or null where it can.
    @Nullable String wrongVersion() {
        return version.isEmpty() || isVersion(version)
                ? null
                : "failed to get model version from specified version string '%s' (details: stol), version should be an integral value > 0"
                        .formatted(version);
    }

    private static Route server(Operation operation) {
        return new Route(operation, "", "");
    }

    private static @Nullable Route health(String name) {
        return switch (name) {
            case "live" -> server(Operation.HEALTH_LIVE);
            case "ready" -> server(Operation.HEALTH_READY);
            default -> null;
        };
    }

    private static @Nullable Route model(String[] parts) {
        if (parts.length < 2 || parts[1].isEmpty()) {
            return null;
        }
        if (parts.length == 2 && parts[1].equals("stats")) {
            return server(Operation.MODEL_STATISTICS);
        }
        int next = 2;
        String version = "";
        if (parts.length > 3 && parts[2].equals("versions")) {
            version = parts[3];
            if (!isNumber(version)) {
                return null;
            }
            if (isVersion(version)) {
                version = Long.toString(Long.parseLong(version));
            }
            next = 4;
        }
        String model = decoded(parts[1]);
        if (model == null) {
            return null;
        }
        if (parts.length == next) {
            return new Route(Operation.MODEL_METADATA, model, version);
        }
        boolean setting =
                parts.length == next + 2
                        && version.isEmpty()
                        && parts[next].equals("trace")
                        && parts[next + 1].equals("setting");
        if (setting) {
            return new Route(Operation.TRACE_SETTING, model, "");
        }
        Operation operation = parts.length == next + 1 ? modelOperation(parts[next]) : null;
        return operation == null ? null : new Route(operation, model, version);
    }

    private static @Nullable Operation modelOperation(String name) {
        return switch (name) {
            case "infer" -> Operation.INFER;
            case "ready" -> Operation.MODEL_READY;
            case "config" -> Operation.MODEL_CONFIG;
            case "stats" -> Operation.MODEL_STATISTICS;
            case "generate" -> Operation.GENERATE;
            case "generate_stream" -> Operation.GENERATE_STREAM;
            default -> null;
        };
    }

    /// `repository[/<name>]/index` and `repository[/<name>]/models/<model>/load|unload`.
    private static @Nullable Route repository(String[] parts) {
        int last = parts.length - 1;
        if ((last == 1 || last == 2) && parts[last].equals("index")) {
            return server(Operation.REPOSITORY_INDEX);
        }
        if ((last == 3 || last == 4) && parts[last - 2].equals("models")) {
            String model = decoded(parts[last - 1]);
            Operation operation =
                    switch (parts[last]) {
                        case "load" -> Operation.MODEL_LOAD;
                        case "unload" -> Operation.MODEL_UNLOAD;
                        default -> null;
                    };
            if (model != null && !model.isEmpty() && operation != null) {
                return new Route(last == 4 ? Operation.NAMED_REPOSITORY : operation, model, "");
            }
        }
        return null;
    }

    /// `status|register|unregister`, and `region/<name>/status|register|unregister`.
    private static @Nullable Route region(
            String[] parts, Operation status, Operation register, Operation unregister) {
        boolean all = parts.length == 2;
        if (!all && (parts.length != 4 || !parts[1].equals("region"))) {
            return null;
        }
        String name = all ? "" : decoded(parts[2]);
        if (name == null || !all && name.isEmpty()) {
            return null;
        }
        return switch (parts[parts.length - 1]) {
            case "status" -> new Route(status, name, "");
            case "register" -> new Route(register, name, "");
            case "unregister" -> new Route(unregister, name, "");
            default -> null;
        };
    }

    /// What no other server has: `espalier/workers`, and `espalier/ops` and `espalier/models`, both also as
    /// `espalier/models/<model>[/ops]`.
    private static @Nullable Route espalier(String[] parts) {
        if ((parts.length == 2 || parts.length == 3) && parts[1].equals("models")) {
            String name = parts.length == 3 ? decoded(parts[2]) : "";
            return name == null || parts.length == 3 && name.isEmpty()
                    ? null
                    : new Route(Operation.MODEL_NOTES, name, "");
        }
        if (parts.length == 2 && parts[1].equals("workers")) {
            return server(Operation.WORKERS);
        }
        if (!parts[parts.length - 1].equals("ops")) {
            return null;
        }
        if (parts.length == 2) {
            return server(Operation.OP_LIBRARIES);
        }
        String model = parts.length == 4 && parts[1].equals("models") ? decoded(parts[2]) : null;
        return model == null || model.isEmpty()
                ? null
                : new Route(Operation.OP_LIBRARIES, model, "");
    }

    /// Whether the digits are a number that a version may have.
    private static boolean isVersion(String digits) {
        try {
            return Long.parseLong(digits) >= 0;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// A name with its percent escapes resolved, or null where they are broken. The HTTP decoder makes
    /// a character of each byte.
    private static @Nullable String decoded(String name) {
        String text =
                new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
