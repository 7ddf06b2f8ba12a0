package dev.espalier.client;

import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads NumPy's `.npy` files, versions 1 to 3:
///
/// ```
/// 0x93 'NUMPY'  major minor  header length (2 bytes, from version 2 on 4)  header  elements
/// header: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
/// ```
record NpyFile(Path file) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,L]*)\\)");
    private static final Map<String, DataType> TYPES =
            Map.ofEntries(
                    Map.entry("b1", DataType.BOOL),
                    Map.entry("u1", DataType.UINT8),
                    Map.entry("u2", DataType.UINT16),
                    Map.entry("u4", DataType.UINT32),
                    Map.entry("u8", DataType.UINT64),
                    Map.entry("i1", DataType.INT8),
                    Map.entry("i2", DataType.INT16),
                    Map.entry("i4", DataType.INT32),
                    Map.entry("i8", DataType.INT64),
                    Map.entry("f2", DataType.FP16),
                    Map.entry("f4", DataType.FP32),
                    Map.entry("f8", DataType.FP64));

    /// The file's array as a tensor of that name.
    TensorData read(String name) throws ClientException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ClientException(file + " cannot be read: " + e);
        }
        ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        String header = header(in);
        String descr = field(DESCR, header, "descr");
        if (field(ORDER, header, "fortran_order").equals("True")) {
            throw new ClientException(
                    file
                            + " is in Fortran order (expected: C order; save"
                            + " numpy.ascontiguousarray(array))");
        }
        // '<', '>', '|' or '=' says the byte order.
        DataType type = TYPES.get(descr.isEmpty() ? "" : descr.substring(1));
        if (type == null) {
            throw new ClientException(
                    file + " holds '" + descr + "' (expected: booleans or numbers, such as '<f4')");
        }
        List<Long> shape = shape(field(SHAPE, header, "shape"));
        byte[] elements = new byte[in.remaining()];
        in.get(elements);
        TensorData tensor = new TensorData(name, type, shape, elements);
        checkSize(tensor);
        if (descr.charAt(0) == '>') {
            swap(elements, type.elementSize());
        }
        return tensor;
    }

    private String header(ByteBuffer in) throws ClientException {
        byte[] magic = new byte[MAGIC.length];
        if (in.remaining() < 12) {
            throw new ClientException(
                    file + " is no .npy file: it has " + in.remaining() + " bytes");
        }
        in.get(magic);
        int major = in.get();
        in.get();
        if (!Arrays.equals(magic, MAGIC) || major < 1 || major > 3) {
            throw new ClientException(
                    file + " is no .npy file of version 1, 2 or 3 (its first bytes are others)");
        }
        int length = major == 1 ? Short.toUnsignedInt(in.getShort()) : in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new ClientException(file + " is cut off within its header");
        }
        byte[] header = new byte[length];
        in.get(header);
        return new String(header, StandardCharsets.UTF_8);
    }

    private String field(Pattern pattern, String header, String what) throws ClientException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new ClientException(
                    file + ": no readable '" + what + "' in its header " + header.strip());
        }
        return matcher.group(1);
    }

    private List<Long> shape(String text) throws ClientException {
        List<Long> shape = new ArrayList<>();
        for (String part : text.replace("L", "").split(",", -1)) {
            if (!part.isBlank()) {
                try {
                    shape.add(Long.parseLong(part.strip()));
                } catch (NumberFormatException e) {
                    throw new ClientException(file + ": no readable 'shape': (" + text + ")");
                }
            }
        }
        return shape;
    }

    private void checkSize(TensorData tensor) throws ClientException {
        long expected;
        try {
            expected =
                    Math.multiplyExact(
                            Shape.elementCount(tensor.dimensions()),
                            (long) tensor.type().elementSize());
        } catch (ArithmeticException e) {
            expected = Long.MAX_VALUE;
        }
        if (tensor.bytes().length != expected) {
            throw new ClientException(
                    "%s has %d bytes of elements (expected: %d, for %s of shape %s)"
                            .formatted(
                                    file,
                                    tensor.bytes().length,
                                    expected,
                                    tensor.type(),
                                    tensor.shapeText()));
        }
    }

    private static void swap(byte[] bytes, int size) {
        for (int at = 0; at < bytes.length; at += size) {
            for (int low = at, high = at + size - 1; low < high; low++, high--) {
                byte kept = bytes[low];
                bytes[low] = bytes[high];
                bytes[high] = kept;
            }
        }
    }
}
