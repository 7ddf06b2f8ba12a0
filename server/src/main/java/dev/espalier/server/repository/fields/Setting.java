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

    boolean has(Enum<?> constant) {
        return value.toString().equals(constant.name());
    }
}
