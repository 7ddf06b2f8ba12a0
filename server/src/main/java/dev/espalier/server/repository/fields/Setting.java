package dev.espalier.server.repository.fields;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.Device;

/// A field as one configuration sets it.
///
/// @param config the whole, as its user wrote it
/// @param backend the engine that the model is for
/// @param value the field's value; of a list, one element
record Setting(ModelConfig config, Backend backend, Object value) {
    boolean onGpu() {
        return backend.device() == Device.GPU;
    }

    /// Whether a field that means something to some engines only does so to this one.
    boolean acts(String path) {
        return backend.keys().fields().contains(path);
    }

    boolean has(Enum<?> constant) {
        return value.toString().equals(constant.name());
    }
}
