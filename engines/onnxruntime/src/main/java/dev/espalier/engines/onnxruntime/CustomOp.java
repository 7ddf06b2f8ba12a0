package dev.espalier.engines.onnxruntime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// An op as a library describes it: a pointer to a C structure `OrtCustomOp`, which begins with the version
/// of the interface that it is made for and goes on with pointers to functions. Later versions have more of
/// them; what is behind the end of an older structure is not read.
///
/// @param address where the structure is
record CustomOp(long address) {
    /// Offsets in the structure.
    private static final int NAME = 16;

    private static final int PROVIDER = 24;
    private static final int INPUT_TYPE = 32;
    private static final int INPUT_COUNT = 40;
    private static final int OUTPUT_TYPE = 48;
    private static final int OUTPUT_COUNT = 56;
    private static final int INPUT_PRESENCE = 80;
    private static final int OUTPUT_PRESENCE = 88;
    private static final int START_VERSION = 160;
    private static final int END_VERSION = 168;

    /// The first versions of the interface with these functions.
    private static final int WITH_PRESENCE = 8;

    private static final int WITH_VERSIONS = 17;

    String name() {
        return OrtApi.text(pointer(NAME));
    }

    /// All that the op says of itself.
    OpSignature signature(String domain) {
        long provider = pointer(PROVIDER);
        boolean versioned = apiVersion() >= WITH_VERSIONS;
        return new OpSignature(
                new OpName(domain, name()),
                versioned && has(START_VERSION) ? number(START_VERSION) : 1,
                versioned && has(END_VERSION) ? number(END_VERSION) : Integer.MAX_VALUE,
                provider == 0 ? "" : OrtApi.text(provider),
                apiVersion(),
                parameters(INPUT_COUNT, INPUT_TYPE, INPUT_PRESENCE),
                parameters(OUTPUT_COUNT, OUTPUT_TYPE, OUTPUT_PRESENCE));
    }

    private int apiVersion() {
        return OrtApi.MEMORY.get(JAVA_INT, address);
    }

    private List<Parameter> parameters(int count, int type, int presence) {
        boolean tellsPresence = apiVersion() >= WITH_PRESENCE && has(presence);
        List<Parameter> parameters = new ArrayList<>();
        long all = pointer(count);
        for (long index = 0; index < all; index++) {
            parameters.add(
                    new Parameter(
                            ElementType.name(number(type, index)),
                            tellsPresence ? presence(number(presence, index)) : Presence.REQUIRED));
        }
        return parameters;
    }

    private static Presence presence(int characteristic) {
        return switch (characteristic) {
            case 1 -> Presence.OPTIONAL;
            case 2 -> Presence.VARIADIC;
            default -> Presence.REQUIRED;
        };
    }

    private boolean has(int offset) {
        return OrtApi.MEMORY.get(JAVA_LONG, address + offset) != 0;
    }

    private MemorySegment at(int offset) {
        return OrtApi.MEMORY.get(ADDRESS, address + offset);
    }

    private int number(int offset) {
        return (int) pointer(offset);
    }

    private long pointer(int offset) {
        return NativeCall.call(at(offset), address);
    }

    private int number(int offset, long index) {
        return (int) NativeCall.call(at(offset), address, index);
    }
}
