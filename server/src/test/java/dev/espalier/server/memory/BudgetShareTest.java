package dev.espalier.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.failure.ServingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class BudgetShareTest {
    private final ByteBudget budget = new ByteBudget("the heap", "send less", 1200);
    private final BudgetShare one = new BudgetShare(budget);
    private final BudgetShare other = new BudgetShare(budget);

    private static int takeAll(BudgetShare share) {
        int taken = 0;
        while (true) {
            try {
                share.take(1);
                taken++;
            } catch (ServingException _) {
                return taken;
            }
        }
    }

    @Test
    void leavesHalfToOthers() {
        assertThat(takeAll(one)).isEqualTo(600);
        assertThat(takeAll(other)).isEqualTo(300);
        assertThat(budget.used()).isEqualTo(900);
    }

    @Test
    void hasRoomAgainForWhatIsGivenBack() throws Exception {
        int taken = takeAll(one);
        one.give(taken);
        assertThat(budget.used()).isZero();
        assertThat(takeAll(other)).isEqualTo(600);
        other.give(600);
        one.take(0);
        assertThat(budget.used()).isZero();
    }
}
