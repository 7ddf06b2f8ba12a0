package dev.espalier.server;

import dev.espalier.server.engines.Engines;
import dev.espalier.server.engines.java.JavaModels;
import dev.espalier.server.engines.onnxruntime.OnnxRuntime;
import dev.espalier.server.engines.pytorch.PyTorch;
import dev.espalier.server.engines.tensorflow.TensorFlow;
import dev.espalier.server.engines.tensorrt.TensorRt;
import java.util.List;

/// The engines of this server. The one place where they are listed: a new one is a folder in `engines` and a line
/// here.
public final class EngineList {
    public static final Engines ALL =
            new Engines(
                    List.of(
                            OnnxRuntime.ENGINE,
                            TensorFlow.ENGINE,
                            PyTorch.ENGINE,
                            TensorRt.ENGINE,
                            JavaModels.ENGINE));

    private EngineList() {}
}
