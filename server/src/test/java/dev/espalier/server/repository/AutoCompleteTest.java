package dev.espalier.server.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.EngineList;
import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.OpChoice;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Missing and partial configurations become what a real Triton made of them: its recorded answers are
/// in `tests/conformance/autocomplete`. What an engine says of a loaded model stands in the file, too,
/// so these tests need no engine; models that only an engine refuses are left to tests with one.
@Timeout(30)
class AutoCompleteTest {
    private static final Path CASES =
            Path.of(System.getProperty("espalier.root", ".."), "tests/conformance/autocomplete");

    /// Triton's onnxruntime backend does not know BF16, and infers shapes that a file does not say; ours
    /// has no sequences yet.
    private static final Set<String> TOLD_DIFFERENCES =
            Set.of("none_types", "none_output_rank_unknown", "partial_sequence_batching");

    /// What Triton answered for a model.
    record Case(Path folder, Map<String, Object> oracle) {
        String name() {
            return folder.getFileName().toString();
        }

        boolean ready() {
            return "READY".equals(part("index").get("state"));
        }

        String reason() {
            return String.valueOf(part("index").getOrDefault("reason", ""));
        }

        @SuppressWarnings("unchecked") // an object of the recorded answer
        Map<String, Object> part(String name) {
            return (Map<String, Object>) oracle.getOrDefault(name, Map.of());
        }

        @Override
        public String toString() {
            return name();
        }
    }

    @TempDir private Path copies;

    private static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (Stream<Path> folders = Files.list(CASES)) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                Case each =
                        new Case(
                                folder,
                                JsonTree.of(Files.readString(folder.resolve("oracle.json"))));
                if (!TOLD_DIFFERENCES.contains(each.name())
                        && !each.reason().contains("onnx runtime error")) {
                    cases.add(each);
                }
            }
        }
        return cases;
    }

    static List<Case> served() throws IOException {
        return cases().stream().filter(Case::ready).toList();
    }

    static List<Case> refused() throws IOException {
        return cases().stream().filter(each -> !each.ready()).toList();
    }

    private ModelConfig load(Case model) throws ServingException, IOException {
        ServerOptions options = options(model);
        ModelFolder folder =
                ModelFolder.read(
                        new ModelPlace(model.name(), model.folder(), "", false),
                        options.repository(),
                        options.backends(),
                        EngineList.ALL.formats());
        long number = folder.versions().getLast();
        Path file = folder.modelFile(number);
        try (VersionFiles files =
                VersionFiles.copy(folder.versionFolder(number), copies.resolve("1"))) {
            Path copy = files.copyOf(file);
            ModelDescription onnx = folder.describe(file, copy);
            ModelConfig config =
                    folder.version(
                                    number,
                                    onnx,
                                    files,
                                    copy,
                                    new OpChoice(
                                            new EngineVersion("onnxruntime", "1.29.0"),
                                            List.of(),
                                            List.of()))
                            .config();
            SignatureCheck.check(config, signature(onnx));
            return config;
        }
    }

    private static ServerOptions options(Case model) {
        List<String> arguments = new ArrayList<>(List.of("--model-repository=" + CASES));
        for (Object flag : (List<?>) model.oracle().get("flags")) {
            arguments.add((String) flag);
        }
        return switch (CommandLine.parse(
                arguments.toArray(String[]::new),
                Map.of("HOME", "/home/ada", "ESPALIER_HOME", "/opt/espalier"),
                EngineList.ALL.known())) {
            case CommandLine.Run(ServerOptions options) -> options;
            case CommandLine.ShowHelp _, CommandLine.Refused _ ->
                    throw new AssertionError("flags refused: " + arguments);
        };
    }

    private static Signature signature(ModelDescription model) {
        return new Signature(specs(model.inputs()), specs(model.outputs()));
    }

    private static List<TensorSpec> specs(List<ModelDescription.Tensor> tensors) {
        return tensors.stream()
                .map(t -> new TensorSpec(t.name(), t.type(), dimensions(t)))
                .toList();
    }

    /// Of a rank that the file does not say, an engine knows no dimension.
    private static List<Long> dimensions(ModelDescription.Tensor tensor) {
        List<Long> dimensions = tensor.dimensions();
        return dimensions == null ? List.of() : dimensions;
    }

    @ParameterizedTest
    @MethodSource("served")
    void completesAsTritonDoes(Case model) throws Exception {
        ModelConfig config = load(model);

        assertThat(comparable(JsonTree.of(ConfigJson.of(config))))
                .isEqualTo(comparable(model.part("config")));
    }

    /// Without the order of a hash table.
    private static Map<String, Object> comparable(Map<String, Object> config) {
        for (String tensors : List.of("input", "output")) {
            List<Object> list = new ArrayList<>((List<?>) config.get(tensors));
            list.sort(Comparator.comparing(t -> String.valueOf(((Map<?, ?>) t).get("name"))));
            config.put(tensors, list);
        }
        return config;
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatTritonRefuses(Case model) {
        assertThatThrownBy(() -> load(model))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(text(model));
    }

    /// Triton's reason, without what only its own log or backend would say.
    private static String text(Case model) {
        String reason = model.reason();
        if (reason.startsWith("Unsupported: ")) {
            return "";
        }
        return reason.replaceFirst("^[A-Z][a-z ]+: ", "")
                .replace("<repository>", CASES.toString())
                .replace(": No such file or directory", "")
                .replace(", try specifying runtime on the model configuration.", "");
    }
}
