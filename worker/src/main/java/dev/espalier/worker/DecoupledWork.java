package dev.espalier.worker;

import dev.espalier.engine.DecoupledInstance;
import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.link.LinkException;
import dev.espalier.link.RequestFrame;
import dev.espalier.link.RequestLaneReader;
import dev.espalier.tensor.Signature;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Runs a [DecoupledInstance]: begins the requests of each execution, which are then answered each for itself.
final class DecoupledWork implements LaneWork {
    private final DecoupledInstance instance;
    private final Signature signature;
    private final WorkerMemory link;
    private final ExecutionReader reader;
    private final Execution.Tensors inputs;

    DecoupledWork(DecoupledInstance instance, Signature signature, WorkerMemory link) {
        this.instance = instance;
        this.signature = signature;
        this.link = link;
        this.reader = new ExecutionReader(link);
        this.inputs = new Execution.Tensors(signature.inputs().size());
    }

    @Override
    public void close() {
        instance.close();
    }

    @Override
    public long execute(RequestLaneReader lane) {
        OpenExecution execution = new OpenExecution(link, signature, lane);
        link.started().put(lane.slot(), lane.generation());
        List<OpenRequest> requests = List.of();
        try {
            requests = requests(reader.read(lane), execution, lane);
            instance.begin(List.copyOf(requests));
        } catch (EngineException failure) {
            requests.forEach(request -> request.giveUp(failure));
        } catch (RuntimeException | OutOfMemoryError failure) {
            EngineException failed = new EngineException("the worker failed: " + failure, failure);
            requests.forEach(request -> request.giveUp(failed));
        } catch (LinkException failure) {
            throw new IllegalStateException("the server's frame cannot be read", failure);
        }
        execution.returned();
        return System.nanoTime();
    }

    private List<OpenRequest> requests(
            RequestFrame frame, OpenExecution execution, RequestLaneReader lane)
            throws LinkException {
        BitSet wanted = new BitSet();
        for (int i = 0; i < frame.wantedCount(); i++) {
            wanted.set(frame.wanted(i));
        }
        inputs.clear();
        reader.readInputs(inputs);
        InputRows rows = new InputRows(inputs);
        int members = frame.memberCount();
        if (members == 0) {
            int loop = Integer.numberOfTrailingZeros(lane.loopMask());
            OpenRequest only = execution.request(0, loop, wanted);
            rows.all(only.inputs());
            return List.of(only);
        }
        List<OpenRequest> requests = new ArrayList<>(members);
        for (int member = 0; member < members; member++) {
            OpenRequest request = execution.request(member, frame.loop(member), wanted);
            rows.next(frame.rows(member), request.inputs());
            requests.add(request);
        }
        return requests;
    }
}
