package dev.espalier.server.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.link.ControlMessage;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class OrdersTest {
    private static final long SECOND = 1_000_000_000L;

    private final Orders orders = new Orders();

    private static ControlMessage load(int model) {
        return new ControlMessage.Load(
                model,
                "m" + model,
                "file",
                List.of(),
                Map.of(),
                Signature.EMPTY,
                ModelSettings.NONE,
                0,
                1);
    }

    private static ControlMessage loaded(int model) {
        return new ControlMessage.Loaded(model, Signature.EMPTY);
    }

    @Test
    void takesAnswersInOrder() {
        orders.give(load(1));
        orders.give(load(2));
        orders.give(new ControlMessage.Unload(1));
        orders.give(new ControlMessage.Serve());

        assertThat(orders.answer(loaded(1))).isNull();
        assertThat(orders.answer(new ControlMessage.LoadFailed(2, "no"))).isNull();
        assertThat(orders.current()).isEqualTo(new Orders.Order(false, 1, "m1"));
        assertThat(orders.answer(new ControlMessage.Unloaded(1))).isNull();
        assertThat(orders.current()).isNull();
    }

    @Test
    void takesNothingElse() {
        assertThat(orders.answer(loaded(1))).contains("told to do nothing");
        orders.give(load(1));
        orders.give(load(2));
        for (ControlMessage wrong :
                List.of(
                        loaded(2),
                        new ControlMessage.LoadFailed(2, ""),
                        new ControlMessage.Unloaded(1),
                        new ControlMessage.Attached("1"),
                        load(1))) {
            assertThat(orders.answer(wrong)).contains("having been told to load model 'm1'");
        }
        assertThat(orders.answer(loaded(1))).isNull();
        assertThat(orders.answer(loaded(1))).contains("load model 'm2'");
    }

    @Test
    void timesWhatTheWorkerIsAt() {
        long before = System.nanoTime();
        orders.give(load(1));
        orders.give(load(2));
        assertThat(orders.overdue(before + SECOND / 2, SECOND)).isNull();
        assertThat(orders.overdue(System.nanoTime() + 2 * SECOND, SECOND))
                .isEqualTo(new Orders.Order(true, 1, "m1"));

        assertThat(orders.answer(loaded(1))).isNull();
        assertThat(orders.overdue(System.nanoTime(), SECOND * 30)).isNull();
        assertThat(orders.answer(loaded(2))).isNull();
        assertThat(orders.overdue(System.nanoTime() + 2 * SECOND, SECOND)).isNull();
    }
}
