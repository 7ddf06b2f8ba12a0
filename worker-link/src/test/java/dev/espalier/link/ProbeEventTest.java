package dev.espalier.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import dev.espalier.tensor.OpSignature.Parameter;
import dev.espalier.tensor.OpSignature.Presence;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a probe writes, the server reads, as far as the probe has come.
@Timeout(20)
class ProbeEventTest {
    private static final OpSignature OP =
            new OpSignature(
                    new OpName("my.domain", "Öp"),
                    2,
                    Integer.MAX_VALUE,
                    "CPUExecutionProvider",
                    20,
                    List.of(
                            new Parameter("FP32", Presence.REQUIRED),
                            new Parameter("any", Presence.VARIADIC)),
                    List.of(new Parameter("INT64", Presence.OPTIONAL)));
    private static final List<ProbeEvent> EVENTS =
            List.of(
                    new ProbeEvent.Begun(),
                    new ProbeEvent.Opened(),
                    new ProbeEvent.AskedForNewer(1000, 29),
                    new ProbeEvent.Finished(new OpReport.NewerApi(1000, 29)),
                    new ProbeEvent.Finished(new OpReport.NotOpened("no such file")),
                    new ProbeEvent.Finished(new OpReport.Refused("not today")),
                    new ProbeEvent.Finished(new OpReport.Provides(List.of(OP, OP))));

    private static byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        EVENTS.forEach(event -> bytes.writeBytes(event.encoded()));
        return bytes.toByteArray();
    }

    @Test
    void readsEveryEvent() throws Exception {
        assertThat(ProbeEvent.decoded(encoded())).isEqualTo(EVENTS);
    }

    @Test
    void readsWhatWasToldBeforeTheEnd() throws Exception {
        byte[] all = encoded();
        int seen = 0;
        for (int size = 0; size <= all.length; size++) {
            List<ProbeEvent> events = ProbeEvent.decoded(Arrays.copyOf(all, size));
            assertThat(events).isEqualTo(EVENTS.subList(0, events.size()));
            assertThat(events.size()).isBetween(seen, seen + 1);
            seen = events.size();
        }
        assertThat(seen).isEqualTo(EVENTS.size());
    }

    @Test
    void refusesWhatIsNoEvent() {
        assertThatThrownBy(() -> ProbeEvent.decoded(new byte[] {9}))
                .isInstanceOf(LinkException.class)
                .hasMessage("probe event's type: 9 (expected: 1..7)");
    }

    @Test
    void refusesMoreThanAnyProbeTells() {
        byte[] begun = new byte[ProbeEvent.MOST_EVENTS + 1];
        Arrays.fill(begun, (byte) 1);
        assertThatThrownBy(() -> ProbeEvent.decoded(begun))
                .hasMessage("more than %d probe events".formatted(ProbeEvent.MOST_EVENTS));
        byte[] large = new byte[ProbeEvent.MOST_BYTES + 1];
        assertThatThrownBy(() -> ProbeEvent.decoded(large))
                .hasMessageStartingWith("probe events of %d bytes".formatted(large.length));
    }
}
