package dev.espalier.server.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget("the test's memory", "send less", 100);

    @Test
    void givesNoMoreThanThereIs() throws Exception {
        budget.take(60);

        assertThatThrownBy(() -> budget.take(41))
                .isInstanceOfSatisfying(
                        ServingException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED))
                .hasMessage(
                        "no room for 41 bytes of a request: 60 of 100 bytes of the test's memory"
                                + " are in use; try again later or send less");
        budget.take(40);
        budget.give(100);

        assertThat(budget.used()).isZero();
        assertThat(budget.tryTake(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void countsWhatIsThereAnywayAndThenGivesNothing() {
        budget.count(150);
        assertThat(budget.tryTake(1)).isFalse();

        budget.give(60);

        assertThat(budget.tryTake(10)).isTrue();
    }

    @Test
    void asksThoseWhoKeepSomeBeforeItRefuses() {
        budget.count(100);
        Runnable reserve = () -> budget.give(30);
        budget.addReserve(reserve);

        assertThat(budget.tryTake(30)).isTrue();
        budget.removeReserve(reserve);

        assertThat(budget.tryTake(1)).isFalse();
    }
}
