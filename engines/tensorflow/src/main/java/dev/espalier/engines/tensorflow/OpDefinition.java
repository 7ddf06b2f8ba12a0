package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.util.ArrayList;
import java.util.List;

/// What TensorFlow knows of an op: its name, what it takes and gives (`OpDef`, `op_def.proto`). The numbers
/// in the code are the message's field numbers.
record OpDefinition(String name, List<Parameter> inputs, List<Parameter> outputs) {
    /// The ops of an `OpList`.
    static List<OpDefinition> list(ProtoReader list) throws EngineException {
        List<OpDefinition> ops = new ArrayList<>();
        while (list.next()) {
            if (list.field() == 1) {
                ops.add(read(list.message()));
            } else {
                list.skip();
            }
        }
        return ops;
    }

    private static OpDefinition read(ProtoReader op) throws EngineException {
        String name = "";
        List<Parameter> inputs = new ArrayList<>();
        List<Parameter> outputs = new ArrayList<>();
        while (op.next()) {
            switch (op.field()) {
                case 1 -> name = op.text();
                case 2 -> inputs.add(parameter(op.message()));
                case 3 -> outputs.add(parameter(op.message()));
                default -> op.skip();
            }
        }
        return new OpDefinition(name, inputs, outputs);
    }

    private static Parameter parameter(ProtoReader argument) throws EngineException {
        String type = "any";
        Presence presence = Presence.REQUIRED;
        while (argument.next()) {
            switch (argument.field()) {
                case 3 -> type = ElementType.name((int) argument.number());
                case 5, 6 -> {
                    presence = Presence.VARIADIC;
                    argument.skip();
                }
                default -> argument.skip();
            }
        }
        return new Parameter(type, presence);
    }

    /// The op as a library provides it.
    ///
    /// @param device the kind of device that it runs on; empty for the CPU
    OpSignature signature(String device) {
        return new OpSignature(
                new OpName("", name), 1, Integer.MAX_VALUE, device, 0, inputs, outputs);
    }
}
