package dev.espalier.server.engines.tensorrt;

import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the server wants to know of a TensorRT plan, as far as its bytes tell: not its inputs and outputs,
/// which only TensorRT can read.
///
/// @param version of the TensorRT that built it, the only one that loads it, such as `10.6.0`
/// @param plugins those that it calls, the engine's own among them: `name@version`, behind a namespace and a
///     colon where they have one
public record PlanModel(String version, Set<String> plugins) implements ModelDescription {
    /// The plug-ins that come with TensorRT, as its own registry lists them.
    private static final Set<String> STANDARD = read("tensorrt-plugins.txt");

    public PlanModel {
        plugins = Set.copyOf(plugins);
    }

    private static Set<String> read(String resource) {
        try (InputStream list = PlanModel.class.getResourceAsStream(resource)) {
            if (list == null) {
                throw new IllegalStateException(resource + " is missing in the server's jar");
            }
            return Set.copyOf(
                    new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public List<Tensor> inputs() {
        return List.of();
    }

    @Override
    public List<Tensor> outputs() {
        return List.of();
    }

    @Override
    public OpNeeds needs() {
        Set<OpNeed> custom = new HashSet<>();
        for (String plugin : plugins) {
            if (!STANDARD.contains(plugin)) {
                custom.add(new OpNeed(new OpName("", plugin), 1));
            }
        }
        return new OpNeeds(custom, Set.of(), version);
    }
}
