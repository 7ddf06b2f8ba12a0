package dev.espalier.server.engines.tensorflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/// The ops that TensorFlow has itself: a list that its C library gave (`BuiltInOpsTest` of the engine
/// writes and compares it), since the server asks no engine.
final class TensorFlowOps {
    static final Set<String> BUILT_IN = read("tensorflow-ops.txt");

    private TensorFlowOps() {}

    private static Set<String> read(String resource) {
        try (InputStream list = TensorFlowOps.class.getResourceAsStream(resource)) {
            if (list == null) {
                throw new IllegalStateException(resource + " is missing in the server's jar");
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
