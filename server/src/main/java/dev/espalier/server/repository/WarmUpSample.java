package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelWarmup;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.files.RegularFile;
import dev.espalier.server.inference.InferenceRequest;
import dev.espalier.tensor.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that a model is warmed up with, from `model_warmup` of its configuration.
///
/// @param count how often it runs
/// @param rows the size of its batch
record WarmUpSample(String name, int count, int rows, List<Input> inputs) {
    /// Where the files with data lie, in the model's folder.
    private static final String FOLDER = "warmup";

    /// How many bytes all files of a model's samples may have together: they stay in memory, for its next worker.
    private static final int MOST = 64 << 20;

    private static final int LENGTH_SIZE = 4;

    WarmUpSample {
        inputs = List.copyOf(inputs);
    }

    /// What an input is filled with.
    enum Fill {
        ZERO,
        RANDOM,
        FILE
    }

    /// One input.
    ///
    /// @param request as a client would describe it
    /// @param row what each member of the batch gets, from a file; empty for another fill
    record Input(InferenceRequest.Input request, Fill fill, byte[] row) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Input input
                    && request.name().equals(input.request.name())
                    && request.datatype().equals(input.request.datatype())
                    && Arrays.equals(request.shape(), input.request.shape())
                    && fill == input.fill
                    && Arrays.equals(row, input.row);
        }

        @Override
        public int hashCode() {
            return request.name().hashCode();
        }
    }

    /// The samples of a model. As with Triton, one with `batch_size: 0` is none.
    ///
    /// @param folder the model's
    /// @throws ServingException when one cannot be made
    static List<WarmUpSample> read(Path folder, ModelConfig config) throws ServingException {
        List<WarmUpSample> samples = new ArrayList<>();
        int left = MOST;
        for (ModelWarmup warmup : config.getModelWarmupList()) {
            int rows = warmup.getBatchSize();
            if (rows == 0) {
                continue;
            }
            int most = Math.max(1, config.getMaxBatchSize());
            if (rows < 0 || rows > most) {
                throw invalid(
                        "failed to run warmup sample '%s': batch size %s for '%s', max allowed is %d"
                                .formatted(
                                        warmup.getName(),
                                        Integer.toUnsignedString(rows),
                                        config.getName(),
                                        most));
            }
            List<Input> inputs = new ArrayList<>();
            for (var named : warmup.getInputsMap().entrySet()) {
                Input input = input(folder, config, named, rows, left);
                left -= input.row.length;
                inputs.add(input);
            }
            samples.add(
                    new WarmUpSample(
                            warmup.getName(), Math.max(1, warmup.getCount()), rows, inputs));
        }
        return samples;
    }

    private static Input input(
            Path folder,
            ModelConfig config,
            Map.Entry<String, ModelWarmup.Input> named,
            int rows,
            int left)
            throws ServingException {
        String name = named.getKey();
        ModelWarmup.Input input = named.getValue();
        List<Long> shape = new ArrayList<>(input.getDimsList());
        if (shape.stream().anyMatch(dim -> dim < 0)) {
            throw invalid(
                    "warmup setting expects all variable-size dimensions are specified for input '%s'"
                            .formatted(name));
        }
        DataType type = DataType.ofCode(input.getDataTypeValue()).orElse(null);
        long size = bytes(name, shape, type);
        Fill fill =
                switch (input.getInputDataTypeCase()) {
                    case ZERO_DATA -> Fill.ZERO;
                    // Random bytes are no strings.
                    case RANDOM_DATA -> type == DataType.BYTES ? Fill.ZERO : Fill.RANDOM;
                    case INPUT_DATA_FILE -> Fill.FILE;
                    case INPUTDATATYPE_NOT_SET ->
                            throw invalid(
                                    "warmup setting expects input '%s' to have input_data_type set (expected: zero_data, random_data or input_data_file)"
                                            .formatted(name));
                };
        byte[] row =
                fill == Fill.FILE
                        ? file(folder, input.getInputDataFile(), type == DataType.BYTES, size, left)
                        : new byte[0];
        if (config.getMaxBatchSize() > 0) {
            shape.addFirst((long) rows);
        }
        return new Input(
                new InferenceRequest.Input(
                        name,
                        type == null ? "" : type.name(),
                        shape.stream().mapToLong(Long::longValue).toArray(),
                        rows * (fill == Fill.FILE ? row.length : size)),
                fill,
                row);
    }

    /// What a member of a batch takes up: of strings, those that are empty.
    private static long bytes(String name, List<Long> dims, @Nullable DataType type)
            throws ServingException {
        try {
            long elements = dims.stream().reduce(1L, Math::multiplyExact);
            return Math.multiplyExact(
                    elements,
                    type != null && type.isFixedSize() ? type.elementSize() : LENGTH_SIZE);
        } catch (ArithmeticException _) {
            throw invalid(
                    "warmup input '%s' has dims %s, which are too large".formatted(name, dims));
        }
    }

    private static byte[] file(Path folder, String name, boolean strings, long size, int left)
            throws ServingException {
        Path warmup = folder.resolve(FOLDER);
        Path file = RepositoryPath.inside(warmup, warmup, name);
        byte[] content;
        try {
            content = RegularFile.bytes(file, left);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "failed to open text file for read %s: %s (expected: data to warm up with, at most %d bytes for all samples)"
                            .formatted(file, failure, MOST),
                    failure);
        }
        if (strings) {
            return content;
        }
        if (content.length < size) {
            throw invalid(
                    "warmup setting expects %d bytes, but the data provided from %s only has %d bytes"
                            .formatted(size, name, content.length));
        }
        return Arrays.copyOf(content, (int) size);
    }

    private static ServingException invalid(String text) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, text);
    }
}
