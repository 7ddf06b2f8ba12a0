package dev.espalier.server.formats;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A message in protobuf's wire format, put together field by field.
public final class WireMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public WireMessage number(int field, long value) {
        return write(out -> out.writeInt64(field, value));
    }

    public WireMessage text(int field, String value) {
        return data(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public WireMessage message(int field, WireMessage value) {
        return data(field, value.bytes());
    }

    public WireMessage data(int field, byte[] value) {
        return write(out -> out.writeByteArray(field, value));
    }

    /// Bytes that need not be a field.
    public WireMessage raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    private interface Part {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private WireMessage write(Part part) {
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            part.writeTo(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
