package dev.espalier.engine;

import java.util.Arrays;

/// One run of a model: inputs by address, requested outputs, and the outputs that the run produced.
/// A mutable object that its thread uses again and again, so that a run allocates nothing.
///
/// Addresses are of native memory; sizes are in bytes; dimensions are elements, outermost first.
/// BYTES tensors hold, per element, a 4-byte little-endian length and that many bytes (KServe v2,
/// binary tensor data extension).
///
/// Not safe for use by several threads.
public final class Execution {
    /// The largest number of dimensions that a tensor may have.
    public static final int MAX_RANK = 16;

    private final Surroundings surroundings;
    private final Tensors inputs;
    private final Tensors outputs;
    private final boolean[] requested;

    /// An empty execution, which no worker has begun, of a model with so many inputs and outputs.
    public Execution(int inputCount, int outputCount, OutputMemory memory) {
        this(inputCount, outputCount, Surroundings.of(memory));
    }

    /// An empty execution of a model with so many inputs and outputs.
    public Execution(int inputCount, int outputCount, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.inputs = new Tensors(inputCount);
        this.outputs = new Tensors(outputCount);
        this.requested = new boolean[outputCount];
    }

    /// Forgets everything of the run before.
    public void clear() {
        inputs.clear();
        outputs.clear();
        Arrays.fill(requested, false);
    }

    /// The inputs by their index in the model's signature. An input without address is absent.
    public Tensors inputs() {
        return inputs;
    }

    /// The outputs by their index in the model's signature, present once the run has set them.
    public Tensors outputs() {
        return outputs;
    }

    /// Asks the run for the output `index`.
    public void request(int index) {
        requested[index] = true;
    }

    /// Whether the run must produce the output `index`.
    public boolean isRequested(int index) {
        return requested[index];
    }

    /// Reserves memory for an output.
    ///
    /// @throws EngineException when there is no room
    public long reserve(long byteSize) throws EngineException {
        return surroundings.reserve(byteSize);
    }

    /// Whether nobody waits for the run any more: the clients of all its requests have cancelled or gone. What it brings
    /// is dropped then; an engine that can be interrupted looks at this now and then, and ends the run with any
    /// [EngineException]. Costs a read of memory a request. Safe for use by other threads during the run.
    public boolean isCancelled() {
        return surroundings.isCancelled();
    }

    /// The way to other models of the server, for an execution of one request. Safe for use by other threads during the run.
    public Calls calls() {
        return surroundings.calls();
    }

    /// A row of tensor descriptions, kept in flat arrays.
    public static final class Tensors {
        private final boolean[] present;
        private final int[] typeCodes;
        private final long[] addresses;
        private final long[] byteSizes;
        private final int[] ranks;
        private final long[] dimensions;

        /// An empty row for so many tensors.
        public Tensors(int count) {
            present = new boolean[count];
            typeCodes = new int[count];
            addresses = new long[count];
            byteSizes = new long[count];
            ranks = new int[count];
            dimensions = new long[count * MAX_RANK];
        }

        /// Forgets all tensors.
        public void clear() {
            Arrays.fill(present, false);
        }

        /// How many tensors the row has room for: the signature's count.
        public int count() {
            return present.length;
        }

        /// Describes the tensor `index`: its type's code, its memory, its rank. Dimensions are set
        /// one by one with [#dimension(int,int,long)].
        public void set(int index, int typeCode, long address, long byteSize, int rank) {
            if (rank < 0 || rank > MAX_RANK) {
                throw new IllegalArgumentException(
                        "rank: " + rank + " (expected: 0.." + MAX_RANK + ")");
            }
            present[index] = true;
            typeCodes[index] = typeCode;
            addresses[index] = address;
            byteSizes[index] = byteSize;
            ranks[index] = rank;
        }

        /// Sets dimension `axis` of the tensor `index`.
        public void dimension(int index, int axis, long value) {
            dimensions[index * MAX_RANK + axis] = value;
        }

        public boolean isPresent(int index) {
            return present[index];
        }

        public int typeCode(int index) {
            return typeCodes[index];
        }

        public long address(int index) {
            return addresses[index];
        }

        public long byteSize(int index) {
            return byteSizes[index];
        }

        public int rank(int index) {
            return ranks[index];
        }

        public long dimension(int index, int axis) {
            return dimensions[index * MAX_RANK + axis];
        }
    }
}
