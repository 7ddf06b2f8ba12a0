package dev.espalier.server.ops;

import dev.espalier.tensor.OpSignature;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// An op library that a model could run with, as far as its place is concerned.
public sealed interface Candidate {
    /// Nearest first; at one distance those that the model names.
    Comparator<Candidate> NEAREST =
            Comparator.comparing((Candidate candidate) -> candidate.located().distance())
                    .thenComparing(candidate -> !candidate.located().named());

    Located located();

    /// The library for people: its file's name and a short hash.
    String label();

    /// A file at one of the places.
    ///
    /// @param named whether the model's configuration names it
    /// @param beside whether the files beside it belong to it, as in folders that are for op libraries
    record Located(Distance distance, boolean named, Path file, boolean beside) {}

    /// It can be loaded, and provides these ops.
    record Usable(Located located, OpLibrary library, List<OpSignature> ops) implements Candidate {
        public Usable {
            ops = List.copyOf(ops);
        }

        @Override
        public String label() {
            return library.label();
        }
    }

    /// It cannot be used.
    record Unusable(Located located, String label, Fault fault) implements Candidate {
        /// Names in a library, and what it says itself, may be of any length.
        private static final int LONGEST = 4_000;

        /// What is wrong with it.
        public String reason() {
            String text = fault.text();
            return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        }

        /// Which library, and what is wrong with it.
        String text() {
            return "op library %s (%s) %s".formatted(label, located.file(), reason());
        }
    }
}
