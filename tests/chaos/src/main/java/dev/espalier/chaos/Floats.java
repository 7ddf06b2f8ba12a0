package dev.espalier.chaos;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// FP32 tensors as bytes.
final class Floats {
    private Floats() {}

    static byte[] bytes(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /// All floats of a buffer that has the right byte order.
    static float[] of(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
