package dev.espalier.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.Execution;
import dev.espalier.engine.ModelInstance;
import dev.espalier.link.CancelWords;
import dev.espalier.link.LinkLayout;
import dev.espalier.link.RequestFrame;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The worker's end of executions that have one answer, with the test as the server.
final class PlainWorkTest extends DecoupledFixture {
    /// Also that of a request by itself, and never for an execution that had the slot before.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 40})
    void anExecutionIsCancelledWithTheLastOfItsRequests(int members) throws Exception {
        CancelWords server = new CancelWords(in);
        for (int i = 0; i < members; i++) {
            server.cancel(SLOT, GENERATION - 1, i);
        }
        List<Boolean> seen = new ArrayList<>();
        run(
                members,
                execution -> {
                    seen.add(execution.isCancelled());
                    for (int i = 0; i < members; i++) {
                        server.cancel(SLOT, GENERATION, i);
                        seen.add(execution.isCancelled());
                    }
                    throw new EngineException("given up");
                });
        assertThat(seen).hasSize(members + 1).endsWith(true);
        assertThat(seen.subList(0, members)).doesNotContain(true);
        assertThat(next(0).text()).isEqualTo("given up");
    }

    private interface Run {
        void run(Execution execution) throws EngineException;
    }

    private void run(int members, Run run) {
        RequestFrame frame =
                new RequestFrame(in.memory()).begin(SLOT, 1, 1, members == 1 ? 0 : members);
        frame.putWanted(0);
        for (int i = 0; i < members && members > 1; i++) {
            frame.putMember(1, 0);
        }
        in.memory().set(JAVA_INT, LinkLayout.BLOCKS, 41);
        frame.putInput(0, DataType.INT32.code(), 1, LinkLayout.BLOCKS, 4L * members);
        frame.putDimension(members);
        List<TensorSpec> tensors = List.of(new TensorSpec("X", DataType.INT32, List.of(-1L)));
        lane.publish(SLOT, GENERATION, frame.length(), 1);
        assertThat(reader.poll()).isTrue();
        ModelInstance instance =
                new ModelInstance() {
                    @Override
                    public void run(Execution execution) throws EngineException {
                        run.run(execution);
                    }

                    @Override
                    public void close() {}
                };
        long _ = new PlainWork(instance, new Signature(tensors, tensors), memory).execute(reader);
    }
}
