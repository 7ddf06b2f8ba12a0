package dev.espalier.server.engines.tensorrt;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes what a TensorRT plan has that the server reads.
final class PlanFile {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    PlanFile plugin(String name, String version, String namespace) {
        return text(name).text(version).text(namespace);
    }

    PlanFile text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return raw(0x18, 0x80, 1, 0)
                .number(bytes.length)
                .raw(1, 0x80, 0x0c, 0x80, 1, 0)
                .number(bytes.length)
                .zeros(0, bytes);
    }

    PlanFile number(long number) {
        return zeros(
                0, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
    }

    PlanFile raw(int... bytes) {
        for (int value : bytes) {
            body.write(value);
        }
        return this;
    }

    /// So many zeros, then these bytes.
    PlanFile zeros(int count, byte... bytes) {
        body.writeBytes(new byte[count]);
        body.writeBytes(bytes);
        return this;
    }

    byte[] bytes(int major, int minor, int patch) {
        int size = 28 + body.size();
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("ftrt".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putLong(2)
                .putLong(size)
                .put(new byte[] {(byte) major, (byte) minor, (byte) patch, 26})
                .put(body.toByteArray())
                .array();
    }

    byte[] bytes() {
        return bytes(10, 6, 0);
    }
}
