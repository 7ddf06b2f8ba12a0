package dev.espalier.server.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.memory.ByteBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LeasedBytesTest {
    private final ByteBudget budget = new ByteBudget("request memory", "wait", 1000);
    private final LeasedBytes leased = new LeasedBytes(budget, 1000);

    @Test
    void countsAnswersUntilTheyAreGivenBack() {
        leased.take(300);
        leased.take(200);
        assertThat(budget.inUse()).isEqualTo(500);
        leased.give(300);
        leased.give(200);
        assertThat(budget.used()).isZero();
    }

    /// Its answers cannot have more than the memory that they lie in.
    @Test
    void believesNoWorkerThatItsAnswersTakeMoreThanItHas() {
        leased.take(Long.MAX_VALUE / 2);
        leased.take(700);
        assertThat(budget.used()).isEqualTo(1000);
        leased.give(Long.MAX_VALUE / 2);
        assertThat(budget.used()).isEqualTo(700);
        leased.give(700);
        assertThat(budget.used()).isZero();
    }

    @Test
    void countsPagesThatWaitForTheNextAnswersAsKept() {
        leased.take(100);
        assertThat(leased.report(300)).isTrue();
        assertThat(leased.bytes()).isEqualTo(300);
        assertThat(budget.used()).isEqualTo(300);
        assertThat(budget.inUse()).isEqualTo(100);
        leased.give(100);
        assertThat(leased.report(300)).isTrue();
        assertThat(budget.inUse()).isZero();
        assertThat(budget.used()).isEqualTo(300);
        assertThat(leased.report(0)).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void letsNoWorkerKeepMoreThanItLeavesToOthers() {
        LeasedBytes other = new LeasedBytes(budget, 1000);
        assertThat(leased.report(Long.MAX_VALUE)).isFalse();
        assertThat(budget.used()).isEqualTo(500);
        assertThat(leased.report(-1)).isTrue();
        assertThat(budget.used()).isZero();

        leased.take(600);
        assertThat(leased.report(700)).isTrue();
        assertThat(other.report(250)).isFalse();
        assertThat(budget.used()).isEqualTo(900);
        assertThat(budget.inUse()).isEqualTo(600);
    }

    @Test
    void forgoesWhatIsKeptForThoseWhoAreShort() {
        budget.addReserve(() -> {
            boolean _ = leased.forgo();
        });
        assertThat(leased.report(400)).isTrue();

        assertThat(budget.tryTake(900)).isTrue();
        assertThat(budget.used()).isEqualTo(900);
        assertThat(leased.forgo()).isFalse();
        assertThat(leased.report(400)).isFalse();
        assertThat(budget.used()).isLessThanOrEqualTo(1000);
    }

    @Test
    void keepsThePagesOfADeadWorkerCountedUntilTheyAreGone() {
        assertThat(leased.report(300)).isTrue();
        leased.settle();
        assertThat(budget.inUse()).isEqualTo(300);
        assertThat(leased.forgo()).isFalse();
        assertThat(leased.report(400)).isTrue();
        leased.close();
        assertThat(budget.used()).isZero();
        assertThat(budget.inUse()).isZero();
    }
}
