package dev.espalier.abacus;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpNeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A model: a text that says which op it needs, or that this cannot be read.
///
/// ```text
/// abacus needs plain_answer
/// abacus needs ?
/// abacus needs nothing
/// ```
record AbacusFile(String need) implements ModelDescription {
    static final String OP = "plain_answer";
    private static final String BEGIN = "abacus needs ";

    static AbacusFile read(Path file) throws IOException, FormatException {
        String text = Files.readString(file).strip();
        if (!text.startsWith(BEGIN)) {
            throw new FormatException("it says '%s' (expected: %s...)".formatted(text, BEGIN));
        }
        return new AbacusFile(text.substring(BEGIN.length()));
    }

    @Override
    public List<Tensor> inputs() {
        return List.of(new Tensor("X", "number", DataType.FP32, List.of(2L)));
    }

    @Override
    public List<Tensor> outputs() {
        return List.of(new Tensor("Y", "number", DataType.FP32, List.of(2L)));
    }

    @Override
    public OpNeeds needs() {
        return switch (need) {
            case "?" -> OpNeeds.UNREADABLE;
            case "nothing" -> OpNeeds.NONE;
            default -> new OpNeeds(Set.of(new OpNeed(new OpName("", need), 1)), Set.of());
        };
    }
}
