package dev.espalier.server;

import dev.espalier.server.repository.ModelCatalog.IndexEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The table of models that the server prints when it has started.
final class ModelTable {
    private ModelTable() {}

    /// Model, version and state of each entry, with the reason for the state; a line each.
    static List<String> lines(List<IndexEntry> index) {
        // Nothing is to be said of a model that is only there to be loaded.
        List<IndexEntry> entries =
                index.stream()
                        .filter(entry -> !entry.version().isEmpty() || !entry.reason().isEmpty())
                        .toList();
        if (entries.isEmpty()) {
            return List.of("no model has been loaded");
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"Model", "Version", "Status", "Reason"});
        for (IndexEntry entry : entries) {
            String version = entry.version().isEmpty() ? "-" : entry.version();
            rows.add(
                    new String[] {
                        entry.name(), version, entry.state().name(), oneLine(entry.reason())
                    });
        }
        int[] widths = new int[3];
        for (String[] row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, "-".repeat(Arrays.stream(widths).sum() + 12));
        return lines;
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            line.append(row[column]).repeat(' ', widths[column] - row[column].length() + 2);
        }
        return line.append(row[widths.length]).toString().stripTrailing();
    }

    private static String oneLine(String reason) {
        return reason.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
