package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.workers.HostedModels.Hosted;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class HostedModelsTest {
    private static final int NO_LANE = -1;

    private final HostedModels models = new HostedModels();
    private Hosted first;
    private Hosted second;

    @BeforeEach
    void add() throws Exception {
        first = models.add(ofTwoInstances("first"), "worker");
        second = models.add(ofTwoInstances("second"), "worker");
    }

    static HostedModel ofTwoInstances(String name) {
        return new HostedModel(
                name,
                Path.of(name),
                List.of(),
                Map.of(),
                Signature.EMPTY,
                ModelSettings.NONE,
                2,
                new Unconcerned());
    }

    /// Wants to know nothing.
    private record Unconcerned() implements HostedModel.Observer {
        @Override
        public void loaded(LinkedWorker worker, int firstLane, Signature signature) {}

        @Override
        public void lost(LinkedWorker worker) {}

        @Override
        public void died(String death) {}

        @Override
        public void unserved(String reason) {}

        @Override
        public void failed(String reason) {}

        @Override
        public void quarantined(String reason) {}
    }

    @Test
    void suspectsTheModelsWhoseExecutionsAreBlamed() {
        int firstLane = first.firstLane();
        int secondLane = second.firstLane() + 1;

        assertThat(models.suspects(Set.of(secondLane), firstLane)).containsExactly(second);
        assertThat(models.suspects(Set.of(firstLane, secondLane), NO_LANE))
                .containsExactly(first, second);
    }

    @Test
    void suspectsTheModelOfTheThreadWhereNothingIsBlamed() {
        assertThat(models.suspects(Set.of(), second.firstLane() + 1)).containsExactly(second);
    }

    @Test
    void suspectsEveryModelWhereNobodyKnows() {
        assertThat(models.suspects(Set.of(), NO_LANE)).containsExactly(first, second);
    }

    @Test
    void countsDeathsWithinTheWindow() {
        assertThat(first.countDeath(100, 0)).isEqualTo(1);
        assertThat(first.countDeath(160, 60)).isEqualTo(2);
        assertThat(first.countDeath(210, 110)).isEqualTo(2);
        assertThat(second.countDeath(210, 110)).isEqualTo(1);
    }

    @Test
    void isSettledOnceTheWorkerHasDoneWithEachModel() {
        models.loaded(first.number());
        assertThat(models.settled()).isFalse();
        models.notLoaded(second.number());
        assertThat(models.settled()).isTrue();

        models.begin();
        assertThat(models.settled()).isFalse();
    }

    @Test
    void expectsAModelThatIsTriedAgain() {
        models.loaded(first.number());
        models.loaded(second.number());
        models.begin();
        models.loaded(first.number());
        models.notLoaded(second.number());

        assertThat(models.settled()).isTrue();
        assertThat(models.reload(second)).isTrue();
        assertThat(models.settled()).isFalse();
    }

    @Test
    void triesNoModelAgainThatHasGone() {
        models.loaded(first.number());
        models.notLoaded(second.number());
        models.drop(second.number());

        assertThat(models.reload(second)).isFalse();
        assertThat(models.settled()).isTrue();
    }

    @Test
    void beginsToWaitAnewOnceAModelIsLoaded() {
        assertThat(second.reloads().next(false)).isEqualTo(80);
        assertThat(second.reloads().next(false)).isEqualTo(320);
        models.loaded(second.number());
        assertThat(second.reloads().next(false)).isEqualTo(80);
    }
}
