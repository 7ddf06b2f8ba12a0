package dev.espalier.tensor;

/// The name of an op: models refer to it, op libraries provide it.
///
/// @param domain the name space; empty for the engine's standard one
/// @param name the op's name in it
public record OpName(String domain, String name) {
    /// The name for people, such as `my.domain:MyOp`.
    @Override
    public String toString() {
        return domain.isEmpty() ? name : domain + ":" + name;
    }
}
