package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.protocol.ModelParameter;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class CallGraphTest {
    private final CallGraph graph = new CallGraph();

    private CallGraph.Declaration declare(String model, String calls) throws ServingException {
        return graph.declare(
                ModelConfig.newBuilder()
                        .setName(model)
                        .putParameters(
                                "calls", ModelParameter.newBuilder().setStringValue(calls).build())
                        .build());
    }

    private void assertRefused(String model, String calls, String circle) {
        assertThatThrownBy(() -> declare(model, calls))
                .isInstanceOf(ServingException.class)
                .hasMessage(
                        "model '%s', parameter 'calls': '%s' (expected: no circle, which is here: %s)"
                                .formatted(model, calls, circle));
    }

    @Test
    void knowsModelsThatAreStillLoaded() throws Exception {
        assertThat(declare("a", "b").called()).containsExactly("b");
        assertRefused("b", "a", "b calls a calls b");
    }

    @Test
    void hasOneWinnerOfTwoThatAreLoadedAtTheSameTime() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < 500; i++) {
                List<CallGraph.Declaration> declared = new ArrayList<>();
                List<Callable<CallGraph.Declaration>> both =
                        List.of(
                                () -> {
                                    var _ = together.await();
                                    return declare("a", "b");
                                },
                                () -> {
                                    var _ = together.await();
                                    return declare("b", "a");
                                });
                for (Future<CallGraph.Declaration> each : threads.invokeAll(both)) {
                    if (each.state() == Future.State.SUCCESS) {
                        declared.add(each.resultNow());
                    }
                }
                assertThat(declared).hasSize(1);
                declared.getFirst().close();
            }
        }
    }

    @Test
    void findsLongWaysAndModelsThatCallThemselves() throws Exception {
        var _ = declare("a", "x, b");
        var _ = declare("b", "c");
        var _ = declare("c", "y, m");
        assertRefused("m", "a", "m calls a calls b calls c calls m");
        assertRefused("n", "z, n", "n calls n");
    }

    @Test
    void hasRoomForWaysThatMeet() throws Exception {
        var _ = declare("top", "left, right");
        var _ = declare("left", "bottom");
        var _ = declare("right", "bottom");
        assertThat(declare("bottom", "").called()).isEmpty();
    }

    /// So it is with a load that fails, and with a model that is unloaded.
    @Test
    void forgetsWhatIsTakenBack() throws Exception {
        CallGraph.Declaration failed = declare("a", "b");
        failed.close();
        CallGraph.Declaration other = declare("b", "a");
        failed.close();
        assertRefused("a", "b", "a calls b calls a");
        other.close();
        var _ = declare("a", "b");
    }

    @Test
    void changesNothingWhenItRefuses() throws Exception {
        var _ = declare("a", "b");
        assertRefused("b", "c, a", "b calls a calls b");
        var _ = declare("c", "b");
    }

    @Test
    void countsBothReadingsOfAModelUntilTheOldOneIsLeft() throws Exception {
        CallGraph.Declaration old = declare("a", "b");
        var _ = declare("a", "c");
        assertRefused("b", "a", "b calls a calls b");
        assertRefused("c", "a", "c calls a calls c");
        old.close();
        var _ = declare("b", "a");
        assertRefused("c", "a", "c calls a calls c");
    }

    @Test
    void keepsWhatAnotherVersionCallsToo() throws Exception {
        var _ = declare("a", "b");
        declare("a", "b, c").close();
        assertRefused("b", "a", "b calls a calls b");
        var _ = declare("c", "a");
    }

    @Test
    void refusesNamesThatCannotBeReadAndKeepsNothing() throws Exception {
        assertThatThrownBy(() -> declare("a", "b,,c"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("names of models with ',' between");
        var _ = declare("b", "a");
    }
}
