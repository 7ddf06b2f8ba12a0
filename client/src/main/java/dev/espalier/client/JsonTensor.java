package dev.espalier.client;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Turns nested JSON arrays into a tensor; the nesting gives the shape.
final class JsonTensor {
    private final String name;
    private final DataType type;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private JsonTensor(String name, DataType type) {
        this.name = name;
        this.type = type;
    }

    /// Reads a tensor from nested arrays, or from a single value, which is a scalar.
    static TensorData read(String name, DataType type, Json value) throws ClientException {
        JsonTensor tensor = new JsonTensor(name, type);
        List<Long> shape = new ArrayList<>();
        for (Json inner = value; inner instanceof Json.Items(var items); ) {
            shape.add((long) items.size());
            inner = items.isEmpty() ? new Json.Nothing() : items.getFirst();
        }
        tensor.append(value, shape, 0);
        return new TensorData(name, type, shape, tensor.out.toByteArray());
    }

    private void append(Json value, List<Long> shape, int depth) throws ClientException {
        if (depth == shape.size()) {
            appendElement(value);
            return;
        }
        if (!(value instanceof Json.Items(var items)) || items.size() != shape.get(depth)) {
            String got =
                    value instanceof Json.Items(var items)
                            ? items.size() + " elements"
                            : "'" + value.plain() + "'";
            throw new ClientException(
                    "input '%s': rows differ: %s at depth %d (expected: %d elements, as in %s)"
                            .formatted(
                                    name,
                                    got,
                                    depth,
                                    shape.get(depth),
                                    Shape.text(
                                            shape.stream().mapToLong(Long::longValue).toArray())));
        }
        for (Json item : items) {
            append(item, shape, depth + 1);
        }
    }

    private void appendElement(Json value) throws ClientException {
        switch (value) {
            case Json.Text(String text) when type == DataType.BYTES -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                appendLittle(bytes.length, 4);
                out.writeBytes(bytes);
            }
            case Json.Bool(boolean bit) when type == DataType.BOOL -> out.write(bit ? 1 : 0);
            case Json.Numeral(String text) when type != DataType.BYTES && type != DataType.BOOL ->
                    appendNumber(text);
            default ->
                    throw new ClientException(
                            "input '%s': %s is no %s (expected: %s)"
                                    .formatted(name, shown(value), type, expected()));
        }
    }

    private static String shown(Json value) {
        return switch (value) {
            case Json.Text(String text) -> TensorData.quoted(text);
            case Json.Items _ -> "an array";
            case Json.Fields _ -> "an object";
            case Json.Nothing _ -> "null";
            case Json.Numeral _, Json.Bool _ -> value.plain();
        };
    }

    private String expected() {
        return switch (type) {
            case BYTES -> "texts in double quotes";
            case BOOL -> "true or false";
            default -> "numbers";
        };
    }

    private void appendNumber(String text) throws ClientException {
        switch (type) {
            case FP64 -> appendLittle(Double.doubleToRawLongBits(Double.parseDouble(text)), 8);
            case FP32 -> appendLittle(Float.floatToRawIntBits(Float.parseFloat(text)), 4);
            case FP16 -> appendLittle(Float.floatToFloat16(Float.parseFloat(text)), 2);
            case BF16 -> appendLittle(bfloat16(Float.parseFloat(text)), 2);
            default -> appendInteger(text);
        }
    }

    /// The upper half of a float, rounded to the nearest, ties to even.
    private static int bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return 0x7fc0;
        }
        return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    }

    private void appendInteger(String text) throws ClientException {
        boolean unsigned = type.name().startsWith("U");
        int bits = type.elementSize() * 8;
        BigInteger least = unsigned ? BigInteger.ZERO : BigInteger.TWO.pow(bits - 1).negate();
        BigInteger most = BigInteger.TWO.pow(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
        try {
            BigInteger number = new BigDecimal(text).toBigIntegerExact();
            if (number.compareTo(least) >= 0 && number.compareTo(most) <= 0) {
                appendLittle(number.longValue(), type.elementSize());
                return;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw notInteger(text, least, most);
        }
        throw notInteger(text, least, most);
    }

    private ClientException notInteger(String text, BigInteger least, BigInteger most) {
        return new ClientException(
                "input '%s': %s is no %s (expected: a whole number, %s..%s)"
                        .formatted(name, text, type, least, most));
    }

    private void appendLittle(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (8 * i)));
        }
    }
}
