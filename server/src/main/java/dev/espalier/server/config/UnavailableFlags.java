package dev.espalier.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Triton's options that this server knows but does not have: they are accepted, and told in one line
/// of the log.
final class UnavailableFlags {
    private record Row(String because, List<String> names) {}

    private static final List<Row> TABLE =
            List.of(
                    unused(
                            "it is an older name; see --model-control-mode",
                            "allow-poll-model-repository",
                            "allow-model-control"),
                    unused(
                            "models are not handed their requests' parameters, which such headers"
                                    + " would become",
                            "http-header-forward-pattern",
                            "grpc-header-forward-pattern"),
                    unused(
                            "a request stays on the event loop that reads it; see"
                                    + " --http-thread-count",
                            "grpc-infer-thread-count",
                            "grpc-stream-infer-thread-count",
                            "grpc-infer-allocation-pool-size",
                            "grpc-max-response-pool-size",
                            "buffer-manager-thread-count"),
                    unused(
                            "the server pings as --grpc-keepalive-time says, with data or without",
                            "grpc-http2-max-pings-without-data"),
                    unused(
                            "this version does not manage memory of GPUs",
                            "pinned-memory-pool-byte-size",
                            "cuda-memory-pool-byte-size",
                            "cuda-virtual-address-size",
                            "min-supported-compute-capability",
                            "enable-peer-access",
                            "model-load-gpu-limit"),
                    unused(
                            "this version runs such models on the CPU",
                            "tf-gpu-memory-fraction",
                            "tf-allow-soft-placement",
                            "tf-add-vgpu"),
                    unused(
                            "this version caches no answers",
                            "cache-config",
                            "cache-directory",
                            "response-cache-byte-size"),
                    unused(
                            "instances are not rate limited",
                            "rate-limit",
                            "rate-limit-resource",
                            "host-policy"),
                    unused(
                            "engines come as packs; see --engine-directory",
                            "backend-directory",
                            "repoagent-directory"),
                    unused("health is served on the HTTP port", "http-health-port"),
                    unused(
                            "this version has no endpoints for that platform",
                            "allow-sagemaker",
                            "sagemaker-port",
                            "sagemaker-safe-port-range",
                            "sagemaker-thread-count",
                            "allow-vertex-ai",
                            "vertex-ai-port",
                            "vertex-ai-thread-count",
                            "vertex-ai-default-model"));

    private final Map<String, Row> byName = new HashMap<>();

    UnavailableFlags() {
        for (Row row : TABLE) {
            row.names().forEach(name -> byName.put(name, row));
        }
    }

    boolean knows(String name) {
        return byName.containsKey(name);
    }

    /// What the log says about an option that was given.
    String notice(String name) {
        Row row = byName.get(name);
        if (row == null) {
            throw new IllegalArgumentException(name);
        }
        return "--" + name + " has no effect: " + row.because();
    }

    /// The names that are accepted, for the help text.
    static List<String> acceptedNames() {
        return TABLE.stream().flatMap(row -> row.names().stream()).toList();
    }

    private static Row unused(String because, String... names) {
        return new Row(because, List.of(names));
    }
}
