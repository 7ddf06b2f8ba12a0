package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread's runs of a plan (`IExecutionContext`), in a stream of its own. Inputs are copied to the GPU and
/// outputs from it, once each.
///
/// Where the model's configuration asks for CUDA graphs, what TensorRT does between these copies is recorded when
/// inputs come in the same shapes for the second time (the first run prepares itself), and started by one call
/// from then on. TensorRT and the plug-ins' own code are not asked again for such a run.
final class TrtInstance implements ModelInstance {
    private static final int TRUE_BITS = 0xFF;

    private final TrtModel model;
    private final Cuda cuda;
    private final Logger logger;
    private final long object;
    private final long context;
    private final long stream;
    private final Arena arena = Arena.ofShared();
    private final Dims dims = new Dims(arena);
    private final List<DeviceBuffer> inputs = new ArrayList<>();
    private final List<DeviceBuffer> outputs = new ArrayList<>();
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final Pace pace = new Pace();

    /// Null where runs are not to be recorded.
    private final @Nullable CapturedRuns captured;

    /// Of those outputs whose size is known only when they are there.
    private final @Nullable OutputAllocator[] allocators;

    private final long setProfile;
    private final long setShape;
    private final long shape;
    private final long setAddress;
    private final long setAllocator;
    private final long enqueue;

    private int profile;

    /// @param object that TensorRT gave, which is deleted with this instance
    TrtInstance(TrtModel model, long object) throws EngineException {
        TrtApi api = model.api();
        this.model = model;
        this.cuda = model.cuda();
        this.logger = api.logger();
        this.object = object;
        this.context = TrtApi.worker(object);
        setProfile = api.function(context, Method.SET_PROFILE);
        setShape = api.function(context, Method.SET_SHAPE);
        shape = api.function(context, Method.CONTEXT_SHAPE);
        setAddress = api.function(context, Method.SET_ADDRESS);
        setAllocator = api.function(context, Method.SET_ALLOCATOR);
        enqueue = api.function(context, Method.ENQUEUE);
        model.inputs().forEach(input -> inputs.add(buffer("input", input)));
        model.outputs().forEach(output -> outputs.add(buffer("output", output)));
        allocators = new OutputAllocator[model.outputs().size()];
        buffers.addAll(inputs);
        buffers.addAll(outputs);
        captured = model.recordsRuns() ? new CapturedRuns(cuda.graphs()::destroy) : null;
        stream = cuda.createStream();
    }

    private DeviceBuffer buffer(String kind, PlanTensor tensor) {
        return new DeviceBuffer(cuda, "%s '%s'".formatted(kind, tensor.name()));
    }

    @Override
    public void run(Execution execution) throws EngineException {
        cuda.enter();
        logger.forget();
        int number = model.profiles().choose(execution.inputs());
        CapturedRun known = captured == null ? null : captured.find(number, execution.inputs());
        if (known != null && known.isCaptured(buffers)) {
            for (int index = 0; index < outputs.size(); index++) {
                if (execution.isRequested(index)) {
                    reserve(execution, index, known.outputShape(index));
                }
            }
            copyInputs(execution.inputs());
            cuda.launch(known.graph(), stream);
        } else {
            place(execution, number);
            copyInputs(execution.inputs());
            if (known == null || !recorded(known)) {
                enqueue();
            }
        }
        long bytes = 0;
        for (int index = 0; index < inputs.size(); index++) {
            bytes += execution.inputs().byteSize(index);
        }
        long begun = System.nanoTime();
        long sleep = pace.sleepNanos(bytes);
        if (sleep > 0) {
            LockSupport.parkNanos(sleep);
        }
        long woken = System.nanoTime();
        for (int index = 0; index < outputs.size(); index++) {
            if (execution.isRequested(index)) {
                fetch(execution, index);
            }
        }
        cuda.await(stream);
        pace.done(bytes, sleep == 0 ? 0 : woken - begun, System.nanoTime() - woken);
    }

    /// Tells TensorRT of all tensors.
    private void place(Execution execution, int number) throws EngineException {
        choose(number);
        for (int index = 0; index < inputs.size(); index++) {
            place(execution.inputs(), index);
        }
        for (int index = 0; index < outputs.size(); index++) {
            placeOutput(execution, index);
        }
    }

    private void copyInputs(Execution.Tensors given) throws EngineException {
        for (int index = 0; index < inputs.size(); index++) {
            if (!model.inputs().get(index).onHost() && given.byteSize(index) > 0) {
                cuda.toDevice(
                        inputs.get(index).address(),
                        given.address(index),
                        given.byteSize(index),
                        stream);
            }
        }
    }

    /// Records a run whose tensors are placed, if it is the second of its kind and can be recorded, and starts it.
    ///
    /// @return whether it runs
    private boolean recorded(CapturedRun run) throws EngineException {
        if (!run.shallRecord()) {
            return false;
        }
        long[][] shapes = new long[outputs.size()][];
        for (int index = 0; index < shapes.length; index++) {
            if (allocators[index] != null) {
                return false;
            }
            long _ =
                    NativeCall.call(
                            shape,
                            dims.address(),
                            context,
                            model.outputs().get(index).nameAddress());
            shapes[index] = dims.sizes();
        }
        long graph =
                cuda.graphs()
                        .record(stream, () -> isTrue(NativeCall.call(enqueue, context, stream)));
        if (graph == 0) {
            run.refuse();
            logger.forget();
            return false;
        }
        cuda.graphs().destroy(run.captured(graph, shapes, buffers));
        cuda.launch(graph, stream);
        return true;
    }

    private void choose(int number) throws EngineException {
        if (number != profile) {
            if (captured != null) {
                captured.close();
            }
            require(
                    NativeCall.call(setProfile, context, number, stream),
                    "choosing profile " + number);
            profile = number;
        }
    }

    /// Tells the shape of an input, and where it will be.
    private void place(Execution.Tensors given, int index) throws EngineException {
        PlanTensor input = model.inputs().get(index);
        int rank = given.rank(index);
        dims.rank(rank);
        for (int axis = 0; axis < rank; axis++) {
            dims.size(axis, given.dimension(index, axis));
        }
        long bytes = dims.bytes(input.type().elementSize());
        if (bytes != given.byteSize(index)) {
            throw new EngineException(
                    "input '%s' has %d bytes (expected: %d, by its shape)"
                            .formatted(input.name(), given.byteSize(index), bytes));
        }
        require(
                NativeCall.call(setShape, context, input.nameAddress(), dims.address()),
                "setting the shape of input '" + input.name() + "'");
        long address = input.onHost() ? given.address(index) : inputs.get(index).atLeast(bytes);
        require(
                NativeCall.call(setAddress, context, input.nameAddress(), address),
                "placing input '" + input.name() + "'");
    }

    /// Makes room for an output, in the result too where its size is known.
    private void placeOutput(Execution execution, int index) throws EngineException {
        PlanTensor output = model.outputs().get(index);
        OutputAllocator allocator = allocators[index];
        if (allocator == null) {
            long _ = NativeCall.call(shape, dims.address(), context, output.nameAddress());
            if (!dims.told()) {
                throw new EngineException(
                        "output '%s' has no shape with these inputs: TensorRT says: %s"
                                .formatted(output.name(), logger.take()));
            }
            if (dims.known()) {
                long bytes = dims.bytes(output.type().elementSize());
                require(
                        NativeCall.call(
                                setAddress,
                                context,
                                output.nameAddress(),
                                outputs.get(index).atLeast(bytes)),
                        "placing output '" + output.name() + "'");
                if (execution.isRequested(index)) {
                    reserve(execution, index, dims.sizes());
                }
                return;
            }
            allocator = new OutputAllocator(outputs.get(index), arena);
            allocators[index] = allocator;
            require(
                    NativeCall.call(
                            setAllocator, context, output.nameAddress(), allocator.address()),
                    "leaving the size of output '" + output.name() + "' open");
        }
        allocator.clear();
    }

    private void reserve(Execution execution, int index, long[] sizes) throws EngineException {
        PlanTensor output = model.outputs().get(index);
        long bytes = output.type().elementSize();
        for (long size : sizes) {
            bytes = Math.multiplyExact(bytes, size);
        }
        execution
                .outputs()
                .set(index, output.type().code(), execution.reserve(bytes), bytes, sizes.length);
        for (int axis = 0; axis < sizes.length; axis++) {
            execution.outputs().dimension(index, axis, sizes[axis]);
        }
    }

    private void enqueue() throws EngineException {
        if (isTrue(NativeCall.call(enqueue, context, stream))) {
            return;
        }
        StringBuilder said = new StringBuilder(logger.take());
        for (OutputAllocator allocator : allocators) {
            if (allocator != null && !allocator.failure().isEmpty()) {
                said.append("; ").append(allocator.failure());
            }
        }
        // What had begun must not go on with memory that others get; and an error that stays shows
        // here.
        cuda.await(stream);
        throw new EngineException("running the model: TensorRT says: " + said);
    }

    private void fetch(Execution execution, int index) throws EngineException {
        OutputAllocator allocator = allocators[index];
        if (allocator != null) {
            // The shape is told by the time that the output is there.
            cuda.await(stream);
            if (!allocator.failure().isEmpty()) {
                throw new EngineException(allocator.failure());
            }
            reserve(execution, index, allocator.shape());
        }
        long bytes = execution.outputs().byteSize(index);
        if (bytes > 0) {
            cuda.toHost(
                    execution.outputs().address(index),
                    outputs.get(index).address(),
                    bytes,
                    stream);
        }
    }

    private void require(long result, String doing) throws EngineException {
        if (!isTrue(result)) {
            throw new EngineException("%s: TensorRT says: %s".formatted(doing, logger.take()));
        }
    }

    private static boolean isTrue(long result) {
        return (result & TRUE_BITS) != 0;
    }

    @Override
    public void close() {
        if (cuda.entered()) {
            if (captured != null) {
                captured.close();
            }
            TrtApi.delete(object);
            buffers.forEach(DeviceBuffer::close);
            cuda.destroyStream(stream);
        }
        arena.close();
    }
}
