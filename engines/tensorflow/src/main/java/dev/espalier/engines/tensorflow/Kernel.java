package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A kernel: what runs an op on a kind of device (`KernelDef`, `kernel_def.proto`). The numbers in the code
/// are the messages' field numbers.
///
/// @param device such as `CPU`
/// @param label what a node must ask for to get it; mostly empty
/// @param priority of several that fit a node the highest runs
/// @param types for which values of the op's attributes it is meant, by attribute
record Kernel(
        String op, String device, String label, long priority, Map<String, Set<Integer>> types) {
    Kernel {
        types = Map.copyOf(types);
    }

    static Kernel read(ProtoReader kernel) throws EngineException {
        String op = "";
        String device = "";
        String label = "";
        long priority = 0;
        Map<String, Set<Integer>> types = new TreeMap<>();
        while (kernel.next()) {
            switch (kernel.field()) {
                case 1 -> op = kernel.text();
                case 2 -> device = kernel.text();
                case 3 -> readConstraint(kernel.message(), types);
                case 5 -> label = kernel.text();
                case 6 -> priority = kernel.number();
                default -> kernel.skip();
            }
        }
        return new Kernel(op, device, label, priority, types);
    }

    private static void readConstraint(ProtoReader constraint, Map<String, Set<Integer>> types)
            throws EngineException {
        String attribute = "";
        Set<Integer> allowed = new TreeSet<>();
        while (constraint.next()) {
            switch (constraint.field()) {
                case 1 -> attribute = constraint.text();
                case 2 -> readValue(constraint.message(), allowed);
                default -> constraint.skip();
            }
        }
        types.put(attribute, Set.copyOf(allowed));
    }

    private static void readValue(ProtoReader value, Set<Integer> allowed) throws EngineException {
        while (value.next()) {
            if (value.field() == 1) {
                readList(value.message(), allowed);
            } else {
                value.skip();
            }
        }
    }

    private static void readList(ProtoReader list, Set<Integer> allowed) throws EngineException {
        while (list.next()) {
            if (list.field() == 6) {
                list.numbers(number -> allowed.add((int) number));
            } else {
                list.skip();
            }
        }
    }

    /// Whether a node can be met that both are equally meant for, so that TensorFlow refuses to run it.
    boolean clashesWith(Kernel other) {
        return op.equals(other.op)
                && device.equals(other.device)
                && label.equals(other.label)
                && priority == other.priority
                && types.entrySet().stream().allMatch(entry -> other.allowsOne(entry));
    }

    /// Its op as a library provides it.
    OpSignature signature() {
        List<Parameter> inputs =
                types.values().stream()
                        .flatMap(Set::stream)
                        .sorted()
                        .map(type -> new Parameter(ElementType.name(type), Presence.REQUIRED))
                        .toList();
        return new OpDefinition(op, inputs, List.of()).signature("");
    }

    private boolean allowsOne(Map.Entry<String, Set<Integer>> constraint) {
        Set<Integer> own = types.get(constraint.getKey());
        return own == null || constraint.getValue().stream().anyMatch(own::contains);
    }
}
