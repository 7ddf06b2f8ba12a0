package dev.espalier.server.ops.elf;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;

/// A version of a library's interface, such as `GLIBCXX_3.4.30`: a kind and numbers.
record Version(String text) {
    /// The newest version of the same kind as `wanted`; empty for none.
    static String newestLike(String wanted, Collection<String> versions) {
        String kind = new Version(wanted).kind();
        return versions.stream()
                .map(Version::new)
                .filter(version -> version.kind().equals(kind) && version.numbers().length > 0)
                .max(Comparator.comparing(Version::numbers, Arrays::compare))
                .map(Version::text)
                .orElse("");
    }

    private String kind() {
        return text.substring(0, text.indexOf('_') + 1);
    }

    /// The numbers; none for versions that have a word instead, such as `GLIBC_PRIVATE`.
    private int[] numbers() {
        String numbers = text.substring(text.indexOf('_') + 1);
        return numbers.matches("\\d{1,9}(\\.\\d{1,9})*")
                ? Arrays.stream(numbers.split("\\.", -1)).mapToInt(Integer::parseInt).toArray()
                : new int[0];
    }
}
