package dev.espalier.link;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a model says in words when it calls another one of the server. A call is a [ResultFrame] like an answer's: its
/// first output is a BYTES tensor with these texts, the others are the call's inputs.
///
/// ```text
/// model · version · the name of each input · the name of each output that is wanted
/// ```
///
/// @param version empty for the newest that is ready
/// @param inputs as many as the frame has outputs after the first
/// @param outputs none for all
public record CallTexts(String model, String version, List<String> inputs, List<String> outputs) {
    /// The most bytes that they take up together.
    public static final int MOST_BYTES = 16 << 10;

    public CallTexts {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// How many texts there are.
    public int count() {
        return 2 + inputs.size() + outputs.size();
    }

    /// The tensor's bytes: each text in UTF-8, with a 4-byte little-endian length before it.
    public byte[] encoded() {
        List<String> texts = new ArrayList<>(List.of(model, version));
        texts.addAll(inputs);
        texts.addAll(outputs);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : texts) {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.writeBytes(length.putInt(content.length).array());
            bytes.writeBytes(content);
        }
        return bytes.toByteArray();
    }

    /// The texts that a tensor's bytes hold, which nobody writes any more.
    ///
    /// @param inputCount how many inputs the call has
    /// @throws LinkException when they hold none
    public static CallTexts decoded(byte[] bytes, int inputCount) throws LinkException {
        ByteBuffer left = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<String> texts = new ArrayList<>();
        while (left.hasRemaining()) {
            int length = left.remaining() < Integer.BYTES ? -1 : left.getInt();
            if (length < 0 || length > left.remaining()) {
                throw new LinkException(
                        "texts of a call: %d bytes, of which text %d has %d (expected: what is left)"
                                .formatted(bytes.length, texts.size(), length));
            }
            texts.add(new String(bytes, left.position(), length, StandardCharsets.UTF_8));
            left.position(left.position() + length);
        }
        if (texts.size() < 2 + inputCount) {
            throw new LinkException(
                    "texts of a call: %d (expected: a model, a version, and names of %d inputs)"
                            .formatted(texts.size(), inputCount));
        }
        return new CallTexts(
                texts.get(0),
                texts.get(1),
                texts.subList(2, 2 + inputCount),
                texts.subList(2 + inputCount, texts.size()));
    }
}
