package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Opens a jar with models and tells their classes, with the inputs and outputs that they declare.
final class ModelJarInspector implements OpInspector {
    @Override
    public OpReport inspect(Path library, Progress progress) {
        List<OpSignature> models = new ArrayList<>();
        try (ModelJar jar = ModelJar.open(library, String.valueOf(library.getFileName()))) {
            progress.opened();
            for (String name : jar.classes()) {
                ModelClass type = jar.model(name);
                Signature signature = type.signature(type.create());
                models.add(
                        new OpSignature(
                                new OpName("", name),
                                1,
                                Integer.MAX_VALUE,
                                "",
                                0,
                                parameters(signature.inputs()),
                                parameters(signature.outputs())));
            }
        } catch (EngineException failure) {
            return new OpReport.NotOpened(String.valueOf(failure.getMessage()));
        }
        return new OpReport.Provides(models);
    }

    private static List<Parameter> parameters(List<TensorSpec> tensors) {
        return tensors.stream()
                .map(tensor -> new Parameter(tensor.type().name(), Presence.REQUIRED))
                .toList();
    }
}
