package dev.espalier.server.formats;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a model's configuration may ask of one engine beyond what it may ask of any: names that mean something to this
/// engine only. What a name is not found in has no effect, and its user is told so.
///
/// @param parameters keys of `parameters` that the engine takes
/// @param prefixes beginnings of further keys of `parameters`, which are handed to it as they are
/// @param ineffective keys of `parameters` that Triton's backend of this engine takes and ours does not, and why they
///     have no effect
/// @param fields fields of the configuration, by their paths, that act on this engine and not on every one
/// @param accelerators names that `gpu_execution_accelerator` may have where Triton runs the engine on a GPU
/// @param cpuInstances how many instances a model has on the CPU where its configuration does not say
public record BackendKeys(
        Set<String> parameters,
        List<String> prefixes,
        Map<String, String> ineffective,
        Set<String> fields,
        Set<String> accelerators,
        int cpuInstances) {
    /// An engine that takes no names of its own.
    public static final BackendKeys NONE =
            new BackendKeys(Set.of(), List.of(), Map.of(), Set.of(), Set.of(), 1);

    public BackendKeys {
        parameters = Set.copyOf(parameters);
        prefixes = List.copyOf(prefixes);
        ineffective = Map.copyOf(ineffective);
        fields = Set.copyOf(fields);
        accelerators = Set.copyOf(accelerators);
    }

    /// Whether the engine takes the key `name` of `parameters`.
    public boolean takes(String name) {
        return parameters.contains(name) || prefixes.stream().anyMatch(name::startsWith);
    }
}
