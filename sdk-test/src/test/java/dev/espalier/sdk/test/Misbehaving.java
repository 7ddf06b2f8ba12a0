package dev.espalier.sdk.test;

import dev.espalier.sdk.Answers;
import dev.espalier.sdk.Model;
import dev.espalier.sdk.Request;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Models that do what no model should.
final class Misbehaving {
    private Misbehaving() {}

    private static Signature signature(String... inputs) {
        List<TensorSpec> specs = new ArrayList<>();
        for (String input : inputs) {
            specs.add(TensorSpec.of(input, DataType.FP32, -1));
        }
        return new Signature(specs, List.of(TensorSpec.of("Y", DataType.FP32, -1)));
    }

    /// Returns, and never says a last word.
    public static final class Silent implements Model {
        private final List<Request> kept = new ArrayList<>();

        @Override
        public Signature signature() {
            return Misbehaving.signature("X");
        }

        @Override
        public void run(List<Request> requests, Answers answers) {
            kept.addAll(requests);
        }
    }

    /// Has two inputs, and answers with nothing. That is no fault of its own.
    public static final class TwoInputs implements Model {
        @Override
        public Signature signature() {
            return Misbehaving.signature("A", "B");
        }

        @Override
        public void run(List<Request> requests, Answers answers) {
            requests.forEach(answers::end);
        }
    }

    /// Writes into the memory that its worker shares with the other side, as native code can: the first completion is for a
    /// request that there is not.
    public static final class Scribbling implements Model {
        private static final long COMPLETIONS = 256 << 10;

        @Override
        public Signature signature() {
            return Misbehaving.signature("X");
        }

        @Override
        public void run(List<Request> requests, Answers answers) throws Exception {
            MemorySegment entry = MemorySegment.ofAddress(out() + COMPLETIONS).reinterpret(32);
            entry.set(ValueLayout.JAVA_INT, 8, 1);
            entry.set(ValueLayout.JAVA_SHORT, 24, (short) 99);
            entry.set(ValueLayout.JAVA_INT, 0, 1);
            new CountDownLatch(1).await();
        }

        private static long out() throws IOException {
            for (String mapping : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (mapping.matches(".*/espalier-link-[^/]*/out[0-9]+")) {
                    return Long.parseLong(mapping.substring(0, mapping.indexOf('-')), 16);
                }
            }
            throw new IOException("no mapping of OUT");
        }
    }
}
