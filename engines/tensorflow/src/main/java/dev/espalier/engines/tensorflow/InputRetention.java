package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import dev.espalier.engines.tensorflow.GraphNodes.Node;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds out whether a run of a graph may keep one of its inputs beyond the run, as a variable does that
/// an input is assigned to: such a tensor goes on living in the memory that it came in. Only what is
/// needed for the outputs counts, not what restores or saves the model.
///
/// An op without state keeps nothing; one with state may, unless it is known that it only reads.
final class InputRetention {
    private static final Set<String> READING =
            Set.of(
                    "VarHandleOp",
                    "ReadVariableOp",
                    "VarIsInitializedOp",
                    "ResourceGather",
                    "ResourceGatherNd",
                    "VariableV2",
                    "Variable",
                    "HashTable",
                    "HashTableV2",
                    "MutableHashTableV2",
                    "LookupTableFind",
                    "LookupTableFindV2",
                    "LookupTableSizeV2",
                    "StatefulPartitionedCall",
                    "If",
                    "While",
                    "Case",
                    "RandomUniform",
                    "RandomUniformInt",
                    "RandomStandardNormal",
                    "TruncatedNormal",
                    "Assert",
                    "PrintV2");

    /// `OpDef.is_stateful`.
    private static final int IS_STATEFUL = 17;

    private final TfApi api;
    private final long graph;
    private final GraphNodes nodes;
    private final Map<String, Boolean> keeps = new HashMap<>();
    private final Deque<Node> open = new ArrayDeque<>();
    private final Set<String> seenNodes = new HashSet<>();
    private final Set<String> seenFunctions = new HashSet<>();

    private InputRetention(TfApi api, long graph, GraphNodes nodes) {
        this.api = api;
        this.graph = graph;
        this.nodes = nodes;
    }

    /// @param graph the `TF_Graph` that `nodes` describes
    /// @param outputs the nodes that a run computes
    static boolean isPossible(TfApi api, long graph, GraphNodes nodes, Collection<String> outputs)
            throws EngineException {
        return new InputRetention(api, graph, nodes).isPossible(outputs);
    }

    private boolean isPossible(Collection<String> outputs) throws EngineException {
        outputs.forEach(this::reach);
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!nodes.functions().containsKey(node.op()) && keepsInputs(node.op())) {
                return true;
            }
            reachFunction(node.op());
            node.functions().forEach(this::reachFunction);
        }
        return false;
    }

    private void reach(String name) {
        Deque<String> names = new ArrayDeque<>(List.of(name));
        while (!names.isEmpty()) {
            String next = names.pop();
            Node node = nodes.main().get(next);
            if (node != null && seenNodes.add(next)) {
                open.push(node);
                names.addAll(node.inputs());
            }
        }
    }

    private void reachFunction(String name) {
        if (nodes.functions().containsKey(name) && seenFunctions.add(name)) {
            nodes.functions().get(name).forEach(open::push);
        }
    }

    private boolean keepsInputs(String op) throws EngineException {
        Boolean known = keeps.get(op);
        if (known == null) {
            known = !READING.contains(op) && isStateful(op);
            keeps.put(op, known);
        }
        return known;
    }

    private boolean isStateful(String op) throws EngineException {
        try (Arena arena = Arena.ofConfined();
                TfBuffer definition = TfBuffer.empty(api);
                Status status = new Status(api)) {
            long _ =
                    api.call(
                            TfFunction.GET_OP_DEF,
                            graph,
                            arena.allocateFrom(op).address(),
                            definition.address(),
                            status.address());
            status.check("asking for op " + op);
            ProtoReader reader = new ProtoReader(definition.data());
            boolean stateful = false;
            while (reader.next()) {
                if (reader.field() == IS_STATEFUL) {
                    stateful = reader.number() != 0;
                } else {
                    reader.skip();
                }
            }
            return stateful;
        }
    }
}
