package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.Grants;
import dev.espalier.server.config.Place;
import dev.espalier.server.failure.ServingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a model that ask for what its worker may use beyond the model's own files. The operator decides.
///
/// ```text
/// parameters { key: "worker_read" value { string_value: "/data/vocabulary:/data/lexicon" } }
/// parameters { key: "worker_write" value { string_value: "/var/cache/ocr" } }
/// parameters { key: "worker_network" value { string_value: "true" } }
/// ```
final class GrantParameters {
    private static final String READ = "worker_read";
    private static final String WRITE = "worker_write";
    private static final String NETWORK = "worker_network";

    private GrantParameters() {}

    /// @throws ServingException when a parameter's value is none that it may have
    static Grants asked(ModelConfig config) throws ServingException {
        String network = ExecutionParameters.text(config, NETWORK);
        return new Grants(
                paths(config, READ),
                paths(config, WRITE),
                switch (network) {
                    case "", "false" -> false;
                    case "true" -> true;
                    default ->
                            throw ExecutionParameters.wrong(
                                    config, NETWORK, network, "true or false");
                });
    }

    private static List<Place> paths(ModelConfig config, String name) throws ServingException {
        List<Place> paths = new ArrayList<>();
        for (String text : ExecutionParameters.text(config, name).split(":", -1)) {
            if (!text.isEmpty()) {
                paths.add(Place.of(path(config, name, text)));
            }
        }
        return paths;
    }

    private static Path path(ModelConfig config, String name, String text) throws ServingException {
        try {
            Path path = Path.of(text).normalize();
            if (path.isAbsolute()
                    && path.getNameCount() > 0
                    && text.codePoints().noneMatch(Character::isISOControl)) {
                return path;
            }
        } catch (InvalidPathException _) {
            // Told below.
        }
        throw ExecutionParameters.wrong(
                config, name, text, "absolute paths with ':' between, none the root of all");
    }
}
