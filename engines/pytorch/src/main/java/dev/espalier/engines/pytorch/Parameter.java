package dev.espalier.engines.pytorch;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.jspecify.annotations.Nullable;

/// A parameter of a model's `forward`.
///
/// @param type in TorchScript's words, such as `Tensor`
/// @param byDefault what it is where nobody gives it; null where somebody must
record Parameter(String name, String type, @Nullable IValue byDefault) {
    /// What a parameter is made of.
    enum Kind {
        TENSOR,
        STRINGS,
        STRING
    }

    /// Those of a method, without the module itself. Defaults live as long as the process.
    static List<Parameter> of(FunctionSchema schema) {
        List<Parameter> parameters = new ArrayList<>();
        Argument arguments = schema.arguments();
        long count = arguments.limit();
        for (long i = 1; i < count; i++) {
            Argument argument = arguments.getPointer(i);
            parameters.add(
                    new Parameter(
                            LibTorch.text(argument.name()),
                            LibTorch.text(argument.type().get().annotation_str()),
                            byDefault(argument)));
        }
        return parameters;
    }

    private static @Nullable IValue byDefault(Argument argument) {
        IValueOptional value = argument.default_value();
        return value.has_value() ? new IValue(value.get()).<IValue>retainReference() : null;
    }

    /// What it is made of, for an input.
    ///
    /// @throws EngineException when no input of that type can be given to it
    Kind kind(TensorSpec input) throws EngineException {
        Kind kind =
                switch (type) {
                    case "Tensor", "Optional[Tensor]" -> Kind.TENSOR;
                    case "List[str]" -> Kind.STRINGS;
                    case "str" -> Kind.STRING;
                    default ->
                            throw new EngineException(
                                    "argument '%s' of forward is %s (expected: Tensor, List[str] or str); wrap the model in one that takes these"
                                            .formatted(name, type));
                };
        if ((kind == Kind.TENSOR) == (input.type() == DataType.BYTES)) {
            throw new EngineException(
                    "input '%s' is %s, and argument '%s' of forward is %s (expected: TYPE_STRING for List[str] and str, another data_type for Tensor)"
                            .formatted(input.name(), input.type().configName(), name, type));
        }
        return kind;
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
