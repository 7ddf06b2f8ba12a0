package dev.espalier.client;

import java.util.ArrayList;
import java.util.List;

/// Lines of cells, printed in columns.
final class Table {
    private final List<List<String>> lines = new ArrayList<>();

    Table(String... titles) {
        row(titles);
    }

    void row(String... cells) {
        lines.add(List.of(cells));
    }

    @Override
    public String toString() {
        int columns = lines.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = line.get(i);
                row.append(cell).repeat(" ", widths[i] - cell.length() + 2);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
