package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.EngineList;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.OpNeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Configurations as users write them, each with its verdict in the first lines: `# served`, with a `# note:` for each
/// note, or `# refused:` and a part of the reason.
@Timeout(30)
class ConfigFilesTest {
    private static final Path FILES =
            Path.of(System.getProperty("espalier.root", ".."), "tests/conformance/configs");
    private static final String SERVED = "# served";
    private static final String REFUSED = "# refused: ";
    private static final String NOTE = "# note: ";

    /// A model's file of which nothing is known but what the configuration says.
    private record Silent(List<Tensor> inputs, List<Tensor> outputs) implements ModelDescription {
        @Override
        public OpNeeds needs() {
            return OpNeeds.NONE;
        }
    }

    @TempDir private Path repository;

    private List<String> notes(Path file) throws ServingException, IOException {
        String name = file.getFileName().toString().replace(".pbtxt", "");
        Path folder = repository.resolve(name);
        Files.createDirectories(folder.resolve("1"));
        Files.createDirectories(folder.resolve("warmup"));
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        Files.write(folder.resolve("warmup/ones"), new byte[64]);
        Files.copy(file, folder.resolve("config.pbtxt"));
        ServerOptions options = options();
        ModelFolder model =
                ModelFolder.read(
                        new ModelPlace(name, folder, "", false),
                        options.repository(),
                        options.backends(),
                        EngineList.ALL.formats());
        ModelConfig complete = model.completed(new Silent(List.of(), List.of()));
        List<WarmUpSample> _ = WarmUpSample.read(folder, complete);
        Map<String, List<String>> _ = LabelFiles.read(folder, complete);
        return model.notes();
    }

    private ServerOptions options() {
        return switch (CommandLine.parse(
                new String[] {"--model-repository=" + repository},
                Map.of("HOME", "/home/ada", "ESPALIER_HOME", "/opt/espalier"),
                EngineList.ALL.known())) {
            case CommandLine.Run(ServerOptions options) -> options;
            case CommandLine.ShowHelp _, CommandLine.Refused _ -> throw new AssertionError();
        };
    }

    private static List<String> head(Path file, String mark) throws IOException {
        return Files.readAllLines(file).stream()
                .takeWhile(line -> line.startsWith("# "))
                .filter(line -> line.startsWith(mark))
                .map(line -> line.substring(mark.length()))
                .toList();
    }

    private static List<Path> files(String mark) throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            List<Path> all = files.sorted().toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(60);
            for (Path file : all) {
                assertThat(head(file, SERVED).size() + head(file, REFUSED).size())
                        .as("verdicts in " + file)
                        .isEqualTo(1);
            }
            return all.stream()
                    .filter(file -> {
                        try {
                            return !head(file, mark).isEmpty();
                        } catch (IOException failure) {
                            throw new AssertionError(failure);
                        }
                    })
                    .toList();
        }
    }

    static List<Path> served() throws IOException {
        return files(SERVED);
    }

    static List<Path> refused() throws IOException {
        return files(REFUSED);
    }

    @ParameterizedTest
    @MethodSource("served")
    void servesWithTheseNotes(Path file) throws Exception {
        assertThat(notes(file)).containsExactlyInAnyOrderElementsOf(head(file, NOTE));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithThisReason(Path file) throws Exception {
        assertThatThrownBy(() -> notes(file))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(head(file, REFUSED).getFirst());
    }
}
