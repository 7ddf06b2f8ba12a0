package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// One answer of an execution, at the beginning of the answer's own block in OUT: how long it took, and its
/// outputs or its error. A cursor over shared memory that is used again and again.
///
/// ```text
///  0  status 4 · outputs 4, or bytes of the error text 4
///  8  begun 8 · engine called 8 · engine returned 8 · finished 8   (ns of the machine's monotonic clock)
/// 40  generation of the execution 4 · the answer's lease 4         (written last)
/// 48  per output: index 4 · type 4 · rank 4 · (4) · offset in OUT 8 · byte size 8 · rank × dimension 8
///     or the error text, UTF-8
/// ```
///
/// The reader trusts nothing: an op can scribble over all of OUT at any time. What it has checked, it
/// has copied before.
///
/// Not safe for use by several threads.
public final class ResultFrame {
    public static final int OK = 0;
    public static final int ENGINE_ERROR = 1;

    /// An error, too: the outputs find no room as long as there are other results.
    public static final int NO_ROOM = 2;

    /// The largest rank of an output.
    public static final int MAX_RANK = 16;

    private static final int GENERATION = 40;
    private static final int LEASE = 44;
    private static final int HEAD = 48;
    private static final int OUTPUT_HEAD = 32;

    private final MemorySegment out;
    private long base;
    private long end;
    private long cursor;

    private int status;
    private int count;
    private int index;
    private DataType type = DataType.BOOL;
    private long offset;
    private long byteSize;
    private long[] shape = {};

    public ResultFrame(MemorySegment out) {
        this.out = out;
    }

    // --- the worker's side

    /// Bytes of a frame with so many outputs, of whatever rank, as far as a frame can have them.
    public static int sizeFor(int outputs) {
        long size = HEAD + (long) outputs * (OUTPUT_HEAD + 8 * MAX_RANK);
        return (int) Math.min(size, LinkLayout.FRAME_SIZE);
    }

    /// Bytes of a frame with so long an error text, which is cut where it is longer than a frame can be.
    public static int sizeForText(int textBytes) {
        return (int) Math.min((long) HEAD + textBytes, LinkLayout.FRAME_SIZE);
    }

    /// Begins the frame of an answer in a block that has room for a frame of so many bytes.
    public void begin(int block, int size) {
        base = LinkLayout.blockOffset(block);
        end = base + size;
        cursor = base + HEAD;
        out.set(JAVA_INT, base, OK);
        out.set(JAVA_INT, base + 4, 0);
        out.set(JAVA_INT, base + LEASE, 0);
    }

    /// Sets one of the four times: 0 begun, 1 engine called, 2 engine returned, 3 finished.
    public void putTime(int which, long nanos) {
        out.set(JAVA_LONG, base + 8 + 8L * which, nanos);
    }

    /// Says that the frame is the whole answer of the execution of this generation, by this lease. The last
    /// to be written.
    public void putFinished(int generation, int lease) {
        out.set(JAVA_INT, base + GENERATION, generation);
        LinkLayout.INT.setRelease(out, base + LEASE, lease);
    }

    /// Adds an output; its dimensions follow, one by one.
    ///
    /// @return false when the frame has no room for it
    public boolean putOutput(
            int outputIndex, int typeCode, int rank, long outputOffset, long size) {
        if (cursor + OUTPUT_HEAD + 8L * rank > end) {
            return false;
        }
        out.set(JAVA_INT, cursor, outputIndex);
        out.set(JAVA_INT, cursor + 4, typeCode);
        out.set(JAVA_INT, cursor + 8, rank);
        out.set(JAVA_LONG, cursor + 16, outputOffset);
        out.set(JAVA_LONG, cursor + 24, size);
        cursor += OUTPUT_HEAD;
        out.set(JAVA_INT, base + 4, out.get(JAVA_INT, base + 4) + 1);
        return true;
    }

    /// Adds a dimension of the output before.
    public void putDimension(long dimension) {
        out.set(JAVA_LONG, cursor, dimension);
        cursor += 8;
    }

    /// Makes the frame an error, cut to what the frame holds.
    ///
    /// @param kind [#ENGINE_ERROR] or [#NO_ROOM]
    /// @param text in UTF-8
    public void putError(int kind, byte[] text) {
        int length = Math.min(text.length, (int) (end - base) - HEAD);
        out.set(JAVA_INT, base, kind);
        out.set(JAVA_INT, base + 4, length);
        MemorySegment.copy(text, 0, out, JAVA_BYTE, base + HEAD, length);
        cursor = base + HEAD + length;
    }

    /// The frame's length.
    public int length() {
        return (int) (cursor - base);
    }

    // --- the server's side

    /// Whether what has been read is the whole frame, and still what the worker has finished for the execution
    /// of this generation, by this lease. To be asked when everything has been read: an op that empties the memory,
    /// before the worker has finished or after, leaves zeros, which read like a result without outputs.
    public boolean isFinished(int generation, int lease) {
        return cursor == end
                && (int) LinkLayout.INT.getAcquire(out, base + LEASE) == lease
                && out.get(JAVA_INT, base + GENERATION) == generation;
    }

    /// Reads the head of the frame in `block`, which has `length` bytes.
    ///
    /// @throws LinkException when the frame is not one
    public ResultFrame read(int block, int length) throws LinkException {
        if (length < HEAD || length > LinkLayout.FRAME_SIZE) {
            throw new LinkException(
                    "result frame's length: %d (expected: %d..%d)"
                            .formatted(length, HEAD, LinkLayout.FRAME_SIZE));
        }
        long offset = LinkLayout.blockOffset(block);
        if (offset < LinkLayout.OUT_BLOCKS || offset > out.byteSize() - length) {
            throw new LinkException(
                    "result frame of %d bytes at %d lies outside of OUT's blocks (expected: in %d..%d)"
                            .formatted(length, offset, LinkLayout.OUT_BLOCKS, out.byteSize()));
        }
        base = offset;
        end = base + length;
        cursor = base + HEAD;
        status = out.get(JAVA_INT, base);
        count = out.get(JAVA_INT, base + 4);
        boolean plausible =
                switch (status) {
                    case OK -> count >= 0 && count <= (length - HEAD) / OUTPUT_HEAD;
                    case ENGINE_ERROR, NO_ROOM -> count >= 0 && count <= length - HEAD;
                    default -> false;
                };
        if (!plausible) {
            throw new LinkException(
                    "result frame of %d bytes with status %d and count %d"
                            .formatted(length, status, count));
        }
        return this;
    }

    public boolean isError() {
        return status != OK;
    }

    /// Whether an error is one of the moment.
    public boolean isNoRoom() {
        return status == NO_ROOM;
    }

    /// The text of a frame that is an error.
    public String errorText() {
        byte[] text = new byte[count];
        MemorySegment.copy(out, JAVA_BYTE, base + HEAD, text, 0, count);
        cursor = base + HEAD + count;
        return new String(text, StandardCharsets.UTF_8);
    }

    public int outputCount() {
        return count;
    }

    /// One of the four times, see [#putTime].
    public long time(int which) {
        return out.get(JAVA_LONG, base + 8 + 8L * which);
    }

    /// Moves to the next output, and takes a copy of its description.
    ///
    /// @throws LinkException when the frame ends before it does, or the description contradicts itself
    public void nextOutput() throws LinkException {
        long output = cursor;
        if (output + OUTPUT_HEAD > end) {
            throw new LinkException("result frame ends within an output");
        }
        index = out.get(JAVA_INT, output);
        int typeCode = out.get(JAVA_INT, output + 4);
        int rank = out.get(JAVA_INT, output + 8);
        offset = out.get(JAVA_LONG, output + 16);
        byteSize = out.get(JAVA_LONG, output + 24);
        type =
                DataType.ofCode(typeCode)
                        .orElseThrow(() -> new LinkException("output's type: " + typeCode));
        cursor = output + OUTPUT_HEAD + 8L * rank;
        if (rank < 0 || rank > MAX_RANK || cursor > end) {
            throw new LinkException(
                    "output's rank: %d (expected: 0..%d, within the frame)"
                            .formatted(rank, MAX_RANK));
        }
        shape = new long[rank];
        long elements = 1;
        for (int axis = 0; axis < rank; axis++) {
            long dimension = out.get(JAVA_LONG, output + OUTPUT_HEAD + 8L * axis);
            if (dimension < 0 || dimension > 0 && elements > Long.MAX_VALUE / dimension) {
                throw new LinkException("output's dimension " + axis + ": " + dimension);
            }
            shape[axis] = dimension;
            elements *= dimension;
        }
        if (byteSize > Integer.MAX_VALUE) {
            throw new LinkException(
                    "output of %d bytes (expected: at most %d)"
                            .formatted(byteSize, Integer.MAX_VALUE));
        }
        boolean inside =
                byteSize == 0
                        || offset >= LinkLayout.OUT_BLOCKS
                                && byteSize > 0
                                && offset <= out.byteSize() - byteSize;
        boolean sized =
                !type.isFixedSize()
                        || elements <= byteSize && elements * type.elementSize() == byteSize;
        if (!inside || !sized) {
            throw new LinkException(
                    "output of %d bytes at %d for %d elements of %s lies outside of OUT or does not fit"
                            .formatted(byteSize, offset, elements, type));
        }
    }

    public int outputIndex() {
        return index;
    }

    public DataType type() {
        return type;
    }

    /// Where the output's bytes lie in OUT.
    public long offset() {
        return offset;
    }

    public long byteSize() {
        return byteSize;
    }

    /// The output's shape, a fresh array.
    public long[] shape() {
        return shape;
    }
}
