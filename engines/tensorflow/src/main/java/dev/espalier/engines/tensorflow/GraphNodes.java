package dev.espalier.engines.tensorflow;

import dev.espalier.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The nodes of a `GraphDef` (`graph.proto`, `function.proto`), without their weights. The numbers in the
/// code are the messages' field numbers.
///
/// @param main the graph's own nodes by name
/// @param functions the nodes of each function that the graph brings along, by the function's name
record GraphNodes(Map<String, Node> main, Map<String, List<Node>> functions) {
    /// A node.
    ///
    /// @param op the op that it runs, or the function that it calls
    /// @param inputs the nodes that run before it
    /// @param functions further functions that it calls
    record Node(String name, String op, List<String> inputs, List<String> functions) {}

    static GraphNodes read(ProtoReader graph) throws EngineException {
        GraphNodes nodes = new GraphNodes(new HashMap<>(), new HashMap<>());
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> {
                    Node node = node(graph.message());
                    nodes.main.put(node.name(), node);
                }
                case 2 -> nodes.readLibrary(graph.message());
                default -> graph.skip();
            }
        }
        return nodes;
    }

    private void readLibrary(ProtoReader library) throws EngineException {
        while (library.next()) {
            if (library.field() == 1) {
                readFunction(library.message());
            } else {
                library.skip();
            }
        }
    }

    private void readFunction(ProtoReader function) throws EngineException {
        String name = "";
        List<Node> nodes = new ArrayList<>();
        while (function.next()) {
            switch (function.field()) {
                case 1 -> name = name(function.message());
                case 3 -> nodes.add(node(function.message()));
                default -> function.skip();
            }
        }
        functions.put(name, nodes);
    }

    private static Node node(ProtoReader reader) throws EngineException {
        String name = "";
        String op = "";
        List<String> inputs = new ArrayList<>();
        List<String> functions = new ArrayList<>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> name = reader.text();
                case 2 -> op = reader.text();
                case 3 -> inputs.add(TensorName.ofInput(reader.text()).node());
                case 5 -> readAttribute(reader.message(), functions);
                default -> reader.skip();
            }
        }
        return new Node(name, op, inputs, functions);
    }

    private static void readAttribute(ProtoReader entry, List<String> functions)
            throws EngineException {
        while (entry.next()) {
            if (entry.field() == 2) {
                readValue(entry.message(), functions);
            } else {
                entry.skip();
            }
        }
    }

    private static void readValue(ProtoReader value, List<String> functions)
            throws EngineException {
        while (value.next()) {
            switch (value.field()) {
                case 1 -> readList(value.message(), functions);
                case 10 -> functions.add(name(value.message()));
                default -> value.skip();
            }
        }
    }

    private static void readList(ProtoReader list, List<String> functions) throws EngineException {
        while (list.next()) {
            if (list.field() == 9) {
                functions.add(name(list.message()));
            } else {
                list.skip();
            }
        }
    }

    /// The name of a function, which is field 1 wherever one is described or called.
    private static String name(ProtoReader reader) throws EngineException {
        String name = "";
        while (reader.next()) {
            if (reader.field() == 1) {
                name = reader.text();
            } else {
                reader.skip();
            }
        }
        return name;
    }
}
