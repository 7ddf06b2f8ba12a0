package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where a C function puts what it returns through a pointer: eight bytes.
final class Out {
    private final MemorySegment cell;

    Out(Arena arena) {
        cell = arena.allocate(JAVA_LONG);
    }

    /// Where to put it. What was there before is forgotten, so that a function may write four bytes.
    long address() {
        cell.set(JAVA_LONG, 0, 0L);
        return cell.address();
    }

    /// What was put there: a pointer, a `size_t` or, on little-endian machines, an `int` that is not
    /// negative.
    long value() {
        return cell.get(JAVA_LONG, 0);
    }
}
