package dev.espalier.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which requests are traced, by which settings.
@Timeout(30)
final class TracingTest {
    private static final String SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String NOT_SAMPLED =
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    @TempDir private Path folder;

    private Tracing tracing(Mode mode, boolean timestamps, int rate, int count) {
        TraceOptions options =
                new TraceOptions(
                        mode,
                        timestamps,
                        rate,
                        count,
                        0,
                        folder.resolve("traces.json").toString(),
                        Map.of());
        return new Tracing(
                options, TraceExporters.writer(options, "test", new InternalErrors(() -> {})));
    }

    private static @Nullable RequestTrace ask(
            Tracing tracing, String model, @Nullable String parent) {
        Arrival arrival = tracing.arrival(Door.HTTP, parent);
        return arrival == null
                ? null
                : arrival.begin(new RequestTrace.Subject(model, "1", List.of(), ""));
    }

    private static List<Integer> taken(Tracing tracing, String model, int requests) {
        List<Integer> taken = new ArrayList<>();
        for (int i = 1; i <= requests; i++) {
            if (ask(tracing, model, null) != null) {
                taken.add(i);
            }
        }
        return taken;
    }

    private static TraceChange change(Object... settings) throws ServingException {
        TraceSettingTexts texts = new TraceSettingTexts();
        for (int i = 0; i < settings.length; i += 2) {
            String name = (String) settings[i];
            if (settings[i + 1].equals("null")) {
                texts.clear(name);
            } else {
                texts.set(name, List.of((String) settings[i + 1]));
            }
        }
        return texts.change();
    }

    @Test
    void takesEachRequestWhoseTurnTheRateSays() {
        assertThat(taken(tracing(Mode.TRITON, true, 3, -1), "m", 10)).containsExactly(3, 6, 9);
        assertThat(taken(tracing(Mode.TRITON, true, 1, -1), "m", 3)).containsExactly(1, 2, 3);
    }

    @Test
    void takesNoMoreThanTheCount() {
        Tracing tracing = tracing(Mode.TRITON, true, 2, 2);

        assertThat(taken(tracing, "m", 10)).containsExactly(2, 4);
        assertThat(tracing.settings("")).containsEntry(TraceField.COUNT, 0);
        assertThat(tracing.isOn()).isFalse();
    }

    @Test
    void takesNothingWhileItIsOff() throws Exception {
        Tracing tracing = tracing(Mode.TRITON, false, 1, -1);

        assertThat(tracing.isOn()).isFalse();
        assertThat(tracing.arrival(Door.HTTP, SAMPLED)).isNull();
        tracing.change("", change("trace_level", "TIMESTAMPS"));
        assertThat(taken(tracing, "m", 2)).containsExactly(1, 2);
        tracing.change("", change("trace_level", "OFF"));
        assertThat(tracing.arrival(Door.HTTP, null)).isNull();
    }

    @Test
    void takesNothingWhileNobodyHasSaidWhereTo() throws Exception {
        TraceOptions nowhere = new TraceOptions(Mode.TRITON, true, 1, -1, 0, "", Map.of());
        Tracing tracing =
                new Tracing(
                        nowhere,
                        TraceExporters.writer(nowhere, "test", new InternalErrors(() -> {})));

        assertThat(tracing.isOn()).isFalse();
        tracing.change("m", change("trace_level", "OFF"));
        assertThat(tracing.isOn()).isFalse();
        assertThatThrownBy(() -> tracing.change("", change("trace_rate", "2")))
                .hasMessage(
                        "Attempting to set invalid trace setting :trace file name is not given");
    }

    @Test
    void givesAModelItsOwnSettings() throws Exception {
        Tracing tracing = tracing(Mode.TRITON, false, 1, -1);
        tracing.change("a", change("trace_level", "TIMESTAMPS", "trace_rate", "2"));

        assertThat(taken(tracing, "a", 4)).containsExactly(2, 4);
        assertThat(taken(tracing, "b", 4)).isEmpty();
        tracing.change("a", change("trace_level", "null", "trace_rate", "null"));
        assertThat(tracing.isOn()).isFalse();
    }

    @Test
    void hasModelsFollowWhatTheyDoNotSay() throws Exception {
        Tracing tracing = tracing(Mode.TRITON, false, 1000, -1);
        tracing.change("a", change("trace_rate", "2"));
        tracing.change("", change("trace_rate", "5", "trace_count", "7"));

        assertThat(tracing.settings("a"))
                .containsEntry(TraceField.RATE, 2)
                .containsEntry(TraceField.COUNT, 7);
        assertThat(tracing.settings("b")).containsEntry(TraceField.RATE, 5);
        tracing.change("a", change("trace_rate", "null"));
        assertThat(tracing.settings("a")).containsEntry(TraceField.RATE, 5);
        tracing.change("", change("trace_rate", "null", "trace_count", "null"));
        assertThat(tracing.settings("a"))
                .containsEntry(TraceField.RATE, 1000)
                .containsEntry(TraceField.COUNT, -1);
    }

    @Test
    void keepsWhatIsLeftOfACountWhenSomethingElseChanges() throws Exception {
        Tracing tracing = tracing(Mode.TRITON, true, 1, -1);
        tracing.change("", change("trace_count", "5"));
        taken(tracing, "m", 2);
        tracing.change("", change("log_frequency", "4"));

        assertThat(tracing.settings("")).containsEntry(TraceField.COUNT, 3);
    }

    @Test
    void changesNothingWhereItRefuses() throws Exception {
        Tracing tracing = tracing(Mode.TRITON, true, 4, -1);

        assertThatThrownBy(() -> tracing.change("", change("trace_count", "9", "trace_rate", "0")))
                .hasMessage(
                        "Attempting to set invalid trace setting :sample rate must be non-zero");
        assertThat(tracing.settings(""))
                .containsEntry(TraceField.RATE, 4)
                .containsEntry(TraceField.COUNT, -1);
    }

    @Test
    void followsClientsThatTraceInOpenTelemetrysMode() {
        Tracing tracing = tracing(Mode.OPENTELEMETRY, true, 1000, -1);

        assertThat(ask(tracing, "m", SAMPLED)).isNotNull();
        assertThat(ask(tracing, "m", NOT_SAMPLED)).isNull();
        assertThat(ask(tracing, "m", null)).isNull();
        assertThat(ask(tracing(Mode.TRITON, true, 1000, -1), "m", SAMPLED)).isNull();
    }
}
