package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;

/// A major version of TensorRT whose tables of functions are known.
enum Major {
    TEN,
    ELEVEN;

    private static final int FIRST = 10;
    private static final int MAJOR_UNIT = 10_000;
    private static final int MINOR_UNIT = 100;

    /// The one of a library.
    ///
    /// @param version the number that `getInferLibVersion` gives, such as 100600 for 10.6.0
    /// @throws EngineException when its tables are not known
    static Major of(int version) throws EngineException {
        int index = version / MAJOR_UNIT - FIRST;
        if (index < 0 || index >= values().length) {
            throw new EngineException(
                    "TensorRT %s (expected: 10.x or 11.x, whose functions this engine knows)"
                            .formatted(text(version)));
        }
        return values()[index];
    }

    /// A library's version for people, such as `10.6.0`.
    static String text(int version) {
        return version < MAJOR_UNIT
                ? "number " + version
                : "%d.%d.%d"
                        .formatted(
                                version / MAJOR_UNIT,
                                version % MAJOR_UNIT / MINOR_UNIT,
                                version % MINOR_UNIT);
    }
}
