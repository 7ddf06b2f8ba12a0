package dev.espalier.tensor;

import java.util.List;

/// What an op library says of one of its ops. A library may have several of one name, for other types,
/// versions or processors.
///
/// @param since the first version of the domain that has it so
/// @param until the last one
/// @param provider the execution provider that runs it; empty for the engine's default
/// @param apiVersion the version of the engine's interface that the op is made for
public record OpSignature(
        OpName op,
        int since,
        int until,
        String provider,
        int apiVersion,
        List<Parameter> inputs,
        List<Parameter> outputs) {
    public OpSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// An input or output.
    ///
    /// @param type in the engine's words; `any` for any
    public record Parameter(String type, Presence presence) {}

    /// How often a parameter is there.
    public enum Presence {
        REQUIRED,
        OPTIONAL,
        VARIADIC
    }

    /// The versions of the domain that have it so, for people.
    public String versions() {
        return until == Integer.MAX_VALUE
                ? "versions from %d on".formatted(since)
                : "versions %d to %d".formatted(since, until);
    }

    /// Whether the op is the one that a model needs.
    public boolean meets(OpNeed need) {
        return op.equals(need.op()) && since <= need.version() && need.version() <= until;
    }
}
