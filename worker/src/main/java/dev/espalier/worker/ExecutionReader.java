package dev.espalier.worker;

import dev.espalier.engine.Execution;
import dev.espalier.link.LinkException;
import dev.espalier.link.MappedSegments;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;

/// Reads what executions ask for. Used by one instance's thread.
final class ExecutionReader {
    private final RequestFrame frame;
    private final MappedSegments segments;

    ExecutionReader(WorkerMemory link) {
        frame = new RequestFrame(link.in().memory());
        segments = link.inputs();
    }

    /// Begins with the lane's current execution.
    ///
    /// @throws LinkException when its frame is not one
    RequestFrame read(RequestLaneReader lane) throws LinkException {
        return frame.read(lane.slot(), lane.frameLength());
    }

    /// Reads its inputs into an empty row.
    ///
    /// @throws LinkException when the frame is not one
    void readInputs(Execution.Tensors inputs) throws LinkException {
        for (int i = 0; i < frame.inputCount(); i++) {
            frame.nextInput();
            int index = frame.inputIndex();
            inputs.set(
                    index,
                    frame.typeCode(),
                    segments.locate(frame.address(), frame.byteSize()),
                    frame.byteSize(),
                    frame.rank());
            for (int axis = 0; axis < frame.rank(); axis++) {
                inputs.dimension(index, axis, frame.dimension(axis));
            }
        }
    }
}
