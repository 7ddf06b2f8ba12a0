package dev.espalier.engines.tensorrt;

import dev.espalier.engine.Execution;
import java.util.List;

/// Runs of one instance with inputs of the same shapes, and the CUDA graph that does their work at once. A graph
/// has shapes and addresses of the GPU's memory in it, and is of no use once one of them is another.
final class CapturedRun {
    private static final long NONE = 0;

    private final int profile;
    private final long[][] shapes;
    private final long[] bytes;
    private long[][] outputShapes = {};
    private long[] addresses = {};
    private long graph = NONE;
    private State state = State.NEW;

    private enum State {
        NEW,
        /// It was run once, by which it has all that it needs.
        PREPARED,
        /// A plug-in does what cannot be recorded.
        REFUSED
    }

    /// What runs with these inputs have in common.
    ///
    /// @param profile the number of the optimisation profile
    CapturedRun(int profile, Execution.Tensors inputs) {
        this.profile = profile;
        shapes = new long[inputs.count()][];
        bytes = new long[inputs.count()];
        for (int index = 0; index < shapes.length; index++) {
            shapes[index] = new long[inputs.rank(index)];
            for (int axis = 0; axis < shapes[index].length; axis++) {
                shapes[index][axis] = inputs.dimension(index, axis);
            }
            bytes[index] = inputs.byteSize(index);
        }
    }

    /// Whether a run is one of these.
    boolean is(int number, Execution.Tensors inputs) {
        if (number != profile) {
            return false;
        }
        for (int index = 0; index < shapes.length; index++) {
            long[] shape = shapes[index];
            if (inputs.rank(index) != shape.length || inputs.byteSize(index) != bytes[index]) {
                return false;
            }
            for (int axis = 0; axis < shape.length; axis++) {
                if (inputs.dimension(index, axis) != shape[axis]) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Whether there is a graph, for tensors that are where they were when it was made.
    boolean isCaptured(List<DeviceBuffer> buffers) {
        if (graph == NONE) {
            return false;
        }
        for (int index = 0; index < addresses.length; index++) {
            if (addresses[index] != buffers.get(index).address()) {
                return false;
            }
        }
        return true;
    }

    /// Asked at each run without a graph: whether one is to be made of it.
    boolean shallRecord() {
        if (state == State.NEW) {
            state = State.PREPARED;
            return false;
        }
        return state == State.PREPARED;
    }

    /// No graph can be made of it.
    void refuse() {
        state = State.REFUSED;
    }

    /// @param buffers of all tensors, which the graph uses
    /// @return the graph that there was before; 0 for none
    long captured(long newGraph, long[][] shapesOfOutputs, List<DeviceBuffer> buffers) {
        long old = graph;
        graph = newGraph;
        outputShapes = shapesOfOutputs;
        addresses = buffers.stream().mapToLong(DeviceBuffer::address).toArray();
        return old;
    }

    long graph() {
        return graph;
    }

    /// The shape that output `index` has in these runs.
    long[] outputShape(int index) {
        return outputShapes[index];
    }
}
