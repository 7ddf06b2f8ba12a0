package dev.espalier.client;

import java.util.ArrayList;
import java.util.List;

/// A tensor as lines to read: nested as its shape says, one innermost row a line, long ones cut.
record TensorText(TensorData tensor) {
    private static final int MOST_ROWS = 20;
    private static final int MOST_IN_ROW = 16;

    /// At least one line.
    List<String> rows() throws ClientException {
        List<String> elements = tensor.elements();
        long[] shape = tensor.dimensions();
        if (shape.length == 0) {
            return List.of(elements.getFirst());
        }
        if (elements.isEmpty()) {
            return List.of("(empty)");
        }
        int width = Math.toIntExact(shape[shape.length - 1]);
        int count = elements.size() / width;
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < Math.min(count, MOST_ROWS); row++) {
            rows.add(
                    "[".repeat(opened(row, shape))
                            + row(elements.subList(row * width, (row + 1) * width))
                            + "]".repeat(opened(row + 1, shape)));
        }
        // Brackets line up as in NumPy: deeper rows begin further right.
        rows.replaceAll(text -> " ".repeat(shape.length - leading(text)) + text);
        if (count > MOST_ROWS) {
            rows.add("... " + (count - MOST_ROWS) + " more rows; --json shows all");
        }
        return rows;
    }

    /// How many arrays begin before that row, which is also how many end behind the row before it.
    private static int opened(int row, long[] shape) {
        int opened = 1;
        long size = 1;
        for (int axis = shape.length - 2; axis >= 0; axis--) {
            size *= shape[axis];
            if (row % size != 0) {
                break;
            }
            opened++;
        }
        return opened;
    }

    private static int leading(String text) {
        int count = 0;
        while (text.charAt(count) == '[') {
            count++;
        }
        return count;
    }

    private static String row(List<String> elements) {
        if (elements.size() <= MOST_IN_ROW) {
            return String.join(", ", elements);
        }
        int half = MOST_IN_ROW / 2;
        return String.join(", ", elements.subList(0, half))
                + ", ..., "
                + String.join(", ", elements.subList(elements.size() - half, elements.size()));
    }
}
