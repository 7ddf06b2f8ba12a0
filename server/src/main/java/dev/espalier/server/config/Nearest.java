package dev.espalier.server.config;

import java.util.Collection;

/// Finds the word that a mistyped one was probably meant to be.
public record Nearest(Collection<String> words) {
    /// The nearest word, or empty where none is near: more than a third of the letters differ.
    public String to(String typed) {
        String best = "";
        int bestDistance = Math.max(2, typed.length() / 3) + 1;
        for (String word : words) {
            int distance = distance(typed, word);
            // Ties go to the first in the alphabet, so that the message is always the same.
            if (distance < bestDistance
                    || (distance == bestDistance && !best.isEmpty() && word.compareTo(best) < 0)) {
                best = word;
                bestDistance = distance;
            }
        }
        return best;
    }

    /// Letters to insert, remove or change to turn one word into the other.
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
