package dev.espalier.server.ops;

import dev.espalier.server.ops.Candidate.Located;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpSignature;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Makes libraries for tests that never open one.
final class Libraries {
    private Libraries() {}

    /// An op of every version, such as `my.domain:Op`.
    static OpSignature op(String name) {
        return op(name, 1, Integer.MAX_VALUE, "");
    }

    static OpSignature op(String name, int since, int until, String provider) {
        String[] parts = name.split(":", 2);
        return new OpSignature(
                new OpName(parts[0], parts[1]), since, until, provider, 20, List.of(), List.of());
    }

    /// A library whose content is told by the first letter of `hash`.
    static Usable at(Distance distance, String file, char hash, String... ops) {
        return at(distance, false, file, hash, Arrays.stream(ops).map(Libraries::op).toList());
    }

    static Usable at(
            Distance distance, boolean named, String file, char hash, List<OpSignature> ops) {
        Path path = Path.of(file);
        OpLibrary library =
                new OpLibrary(
                        String.valueOf(hash).repeat(64),
                        String.valueOf(hash).repeat(64),
                        path,
                        path.getParent(),
                        path,
                        List.of());
        return new Usable(new Located(distance, named, path, false), library, ops);
    }
}
