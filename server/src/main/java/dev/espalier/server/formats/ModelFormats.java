package dev.espalier.server.formats;

import java.util.List;
import java.util.Optional;

/// The formats of model files that this server reads, in the order in which they are tried.
public record ModelFormats(List<ModelFormat> all) {
    public ModelFormats {
        all = List.copyOf(all);
    }

    public Optional<ModelFormat> ofPlatform(String platform) {
        return all.stream().filter(format -> format.platform().equals(platform)).findFirst();
    }

    /// The formats that an engine loads.
    public List<ModelFormat> ofBackend(String backend) {
        return all.stream().filter(format -> format.backend().name().equals(backend)).toList();
    }

    /// The names of the engines that load any of them.
    public List<String> backends() {
        return all.stream().map(format -> format.backend().name()).distinct().toList();
    }
}
