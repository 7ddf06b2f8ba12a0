package dev.espalier.engines.pytorch;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.OperatorHandleOptional;
import org.bytedeco.pytorch.OperatorName;

/// Whether a model may write to its inputs, or keep one for a later run: the request's memory can be neither written
/// to nor kept. Read from the graphs that TorchScript prints of it, and said of a model that does so with any tensor:
/// it costs a copy of the inputs, no more.
final class InputUse {
    /// An op of a graph, such as `aten::add_(%x, %y)` or `prim::SetAttr[name="last"](%self, %x)`.
    private static final Pattern OP = Pattern.compile("\\b(\\w+)::(\\w+)(\\[name=\"(\\w+)\"])?\\(");

    /// Ops in whose names nothing tells that they write to what they are given or keep it; and calls of what is not
    /// printed.
    private static final Set<String> KEEPERS =
            Set.of("append", "insert", "extend", "_set_item", "SetAttr", "CallFunction");

    private static final Set<String> OWN = Set.of("aten", "prim");

    private InputUse() {}

    static boolean needsCopies(JitModule module) {
        String graphs;
        try (BytePointer printed = module.dump_to_str(true, false, false)) {
            graphs = LibTorch.text(printed);
        }
        Matcher op = OP.matcher(graphs);
        Set<String> others = new HashSet<>();
        while (op.find()) {
            String name = op.group(2);
            if (KEEPERS.contains(name)
                    || name.matches("\\w*[a-z0-9]_")
                    || (name.equals("CallMethod") && !"forward".equals(op.group(4)))) {
                return true;
            }
            if (!OWN.contains(op.group(1))) {
                others.add(op.group(1) + "::" + name);
            }
        }
        return others.stream().anyMatch(InputUse::writes);
    }

    /// Whether an op says of itself that it writes to an argument, or says nothing.
    private static boolean writes(String op) {
        try (PointerScope _ = new PointerScope()) {
            OperatorHandleOptional handle =
                    Dispatcher.singleton().findSchema(new OperatorName(op, ""));
            return !handle.has_value() || handle.get().schema().is_mutable();
        }
    }
}
