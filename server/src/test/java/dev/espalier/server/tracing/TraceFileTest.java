package dev.espalier.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.config.TraceOptions.Mode;
import dev.espalier.server.failure.InternalErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// In which file whose traces stand.
@Timeout(30)
final class TraceFileTest {
    @TempDir private Path folder;

    private Tracing tracing() {
        TraceOptions options =
                new TraceOptions(
                        Mode.TRITON, true, 1, -1, 0, folder.resolve("t").toString(), Map.of());
        return new Tracing(
                options, TraceExporters.writer(options, "test", new InternalErrors(() -> {})));
    }

    private static void inFilesOf(int traces, Tracing tracing, String model) throws Exception {
        TraceSettingTexts texts = new TraceSettingTexts();
        texts.set("log_frequency", List.of(Integer.toString(traces)));
        tracing.change(model, texts.change());
    }

    private static void ask(Tracing tracing, String model) {
        Arrival arrival = tracing.arrival(Door.HTTP, null);
        assertThat(arrival).isNotNull();
        RequestTrace trace = arrival.begin(new RequestTrace.Subject(model, "1", List.of(), ""));
        assertThat(trace).isNotNull();
        trace.answered();
        trace.written();
    }

    private List<String> models(String file) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).startsWith("[{").endsWith("}]");
        return Pattern.compile("\"model_name\":\"(\\w+)\"")
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void keepsTheFilesOfTwoModelsApart() throws Exception {
        try (Tracing tracing = tracing()) {
            inFilesOf(3, tracing, "a");
            inFilesOf(2, tracing, "b");
            for (int i = 0; i < 4; i++) {
                ask(tracing, "a");
                ask(tracing, "b");
            }
        }

        assertThat(models("t.0")).containsExactly("a", "a", "a");
        assertThat(models("t.1")).containsExactly("b", "b");
        assertThat(models("t.2")).containsExactly("b", "b");
        assertThat(models("t.3")).containsExactly("a");
        assertThat(folder.resolve("t.4")).doesNotExist();
    }

    @Test
    void keepsNoMoreThanSoManyFilesOpen() throws Exception {
        try (Tracing tracing = tracing()) {
            for (int i = 0; i <= 64; i++) {
                inFilesOf(100, tracing, "m" + i);
                ask(tracing, "m" + i);
            }
            ask(tracing, "m64");
            ask(tracing, "m0");
        }

        assertThat(models("t.0")).containsExactly("m0");
        assertThat(models("t.64")).containsExactly("m64", "m64");
        assertThat(models("t.65")).containsExactly("m0");
        assertThat(folder.resolve("t.66")).doesNotExist();
    }
}
