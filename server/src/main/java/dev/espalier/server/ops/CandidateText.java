package dev.espalier.server.ops;

import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// An op library for people who look at one.
public final class CandidateText {
    private CandidateText() {}

    /// What the library provides, and the verdict.
    public static List<String> lines(Candidate candidate) {
        List<String> lines = new ArrayList<>();
        lines.add("%s (%s)".formatted(candidate.label(), candidate.located().file()));
        switch (candidate) {
            case Usable usable -> {
                OpLibrary library = usable.library();
                lines.add("  SHA-256 " + library.content());
                for (OpLibrary.Part part : library.parts()) {
                    lines.add("  part %s, SHA-256 %s".formatted(part.name(), part.sha256()));
                }
                if (!library.parts().isEmpty()) {
                    lines.add("  identity, of all parts, " + library.sha256());
                }
                usable.ops().forEach(op -> lines.add("  provides " + text(op)));
                lines.add(
                        "OK: op library %s can be loaded, and provides %s"
                                .formatted(usable.label(), count(usable.ops().size())));
            }
            case Unusable unusable ->
                    lines.add(
                            "REFUSED: op library %s %s"
                                    .formatted(unusable.label(), unusable.reason()));
        }
        return lines;
    }

    /// The ops in a few words, for lists.
    public static String summary(Candidate candidate) {
        return switch (candidate) {
            case Usable usable ->
                    usable.ops().stream()
                            .map(op -> op.op().toString())
                            .distinct()
                            .collect(Collectors.joining(", "));
            case Unusable unusable -> unusable.reason();
        };
    }

    private static String count(int ops) {
        return ops == 1 ? "1 op" : ops + " ops";
    }

    private static String text(OpSignature op) {
        boolean versioned = !op.op().domain().isEmpty();
        return "%s%s, %s -> %s%s%s"
                .formatted(
                        op.op(),
                        versioned ? ", " + op.versions() : "",
                        parameters(op.inputs()),
                        parameters(op.outputs()),
                        op.provider().isEmpty() ? "" : ", for " + op.provider(),
                        versioned ? ", API " + op.apiVersion() : "");
    }

    private static String parameters(List<Parameter> parameters) {
        return parameters.stream()
                .map(parameter ->
                        switch (parameter.presence()) {
                            case REQUIRED -> parameter.type();
                            case OPTIONAL -> parameter.type() + "?";
                            case VARIADIC -> parameter.type() + "...";
                        })
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
