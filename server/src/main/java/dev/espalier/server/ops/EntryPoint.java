package dev.espalier.server.ops;

import java.util.List;

/// The function by which an engine finds the ops of a library.
///
/// @param engine the engine's name in `config.pbtxt`
/// @param engineName its name for people
record EntryPoint(String engine, String engineName, String symbol) {
    static final List<EntryPoint> ALL =
            List.of(new EntryPoint("onnxruntime", "ONNX Runtime", "RegisterCustomOps"));
}
