package dev.espalier.engines.tensorrt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// CUDA graphs: what was put into a stream once, to be started again by one call. By the driver's functions.
final class StreamGraphs {
    /// Other threads go on allocating meanwhile.
    private static final int THIS_THREAD = 1;

    private static final int NO_FLAGS = 0;

    private final long begin;
    private final long end;
    private final long instantiate;
    private final long destroyGraph;
    private final long launch;
    private final long destroy;

    StreamGraphs(NativeLibrary driver) throws EngineException {
        begin = driver.require("cuStreamBeginCapture_v2");
        end = driver.require("cuStreamEndCapture");
        instantiate = driver.require("cuGraphInstantiateWithFlags");
        destroyGraph = driver.require("cuGraphDestroy");
        launch = driver.require("cuGraphLaunch");
        destroy = driver.require("cuGraphExecDestroy");
    }

    /// What puts work into a stream.
    interface Work {
        /// @return whether it was all put there
        boolean enqueue();
    }

    /// Records what `work` puts into a stream, without doing it.
    ///
    /// @return the graph; 0 where something in it cannot be recorded, of which nothing is left behind
    long record(long stream, Work work) {
        if ((int) NativeCall.call(begin, stream, THIS_THREAD) != 0) {
            return 0;
        }
        boolean whole = work.enqueue();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            int ended = (int) NativeCall.call(end, stream, out.address());
            long recorded = out.get(JAVA_LONG, 0);
            if (ended != 0 || recorded == 0) {
                return 0;
            }
            out.set(JAVA_LONG, 0, 0L);
            boolean made =
                    whole
                            && (int) NativeCall.call(instantiate, out.address(), recorded, NO_FLAGS)
                                    == 0;
            long _ = NativeCall.call(destroyGraph, recorded);
            return made ? out.get(JAVA_LONG, 0) : 0;
        }
    }

    /// Starts a graph in a stream.
    ///
    /// @return CUDA's error; 0 for none
    int launch(long graph, long stream) {
        return (int) NativeCall.call(launch, graph, stream);
    }

    /// @param graph 0 for none
    void destroy(long graph) {
        if (graph != 0) {
            long _ = NativeCall.call(destroy, graph);
        }
    }
}
