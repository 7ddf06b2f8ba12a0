package dev.espalier.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class FairShareTest {
    private final ByteBudget budget = new ByteBudget("request memory", "wait", 1000);
    private final FairShare greedy = new FairShare(budget, "model 'a'", 3);
    private final FairShare other = new FairShare(budget, "model 'b'", 3);

    private int takeAll(FairShare share) {
        int taken = 0;
        try {
            while (true) {
                share.take(0, 10, true);
                budget.take(10);
                taken += 10;
            }
        } catch (ServingException full) {
            assertThat(full.code()).isEqualTo(ErrorCode.OVERLOADED);
            return taken;
        }
    }

    @Test
    void leavesAQuarterToOthersHoweverMuchOneWants() {
        assertThat(takeAll(greedy)).isEqualTo(750);
    }

    @Test
    void leavesSomethingToAThirdOneWhenTwoWantAll() {
        int both = takeAll(greedy) + takeAll(other) + takeAll(greedy);

        assertThat(both).isLessThan(960);
        assertThat(takeAll(new FairShare(budget, "model 'c'", 3))).isPositive();
    }

    @Test
    void givesARequestThatIsAloneAllThatIsLeft() throws Exception {
        greedy.take(0, 500, true);
        budget.take(500);
        greedy.take(500, 500, true);

        assertThat(greedy.taken()).isEqualTo(1000);
    }

    @Test
    void aRefusalChangesNothingAndSaysWhoHasHowMuch() throws Exception {
        greedy.take(0, 600, true);
        budget.take(600);

        assertThatThrownBy(() -> greedy.take(0, 200, true))
                .hasMessageStartingWith(
                        "no room for 200 bytes of a request: those of model 'a' have 600, and 400"
                                + " are left for all");
        assertThat(greedy.taken()).isEqualTo(600);
        greedy.give(600);
        budget.give(600);
        greedy.take(0, 700, true);
    }

    @Test
    void refusesNobodyForPagesThatExistAlready() throws Exception {
        greedy.take(0, 10, true);
        budget.take(1000);

        greedy.take(0, 100, false);

        assertThat(greedy.taken()).isEqualTo(110);
    }

    @Test
    void countsWhatIsOnlyKeptAsLeft() throws Exception {
        greedy.take(0, 100, true);
        budget.take(1000);
        budget.kept(800);

        greedy.take(0, 300, true);
        budget.wanted(800);

        assertThatThrownBy(() -> greedy.take(0, 1, true)).isInstanceOf(ServingException.class);
    }
}
