package dev.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An engine is named in its own folders and in the lists of the programs, and nowhere else in what is shipped: not in
/// code, not in texts, not in the scripts that put the distribution together. Comments may name one as an example.
@Timeout(60)
final class EngineSeamTest {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root", ".."));

    /// By the folder or file that an engine's own things lie in: what it is recognised by. Models in Java are missing: all
    /// files lie in a folder of that name.
    private static final Map<String, Pattern> NAMES =
            Map.of(
                    "onnxruntime", pattern("onnx|\\bort_"),
                    "tensorflow", pattern("tensorflow|saved_?model|graph_?def|\\btf[_-]"),
                    "pytorch", pattern("torch"),
                    "tensorrt", pattern("tensorrt|nvinfer"),
                    // No engine, but the affair of some.
                    "engines", pattern("nvidia|cuda"));

    /// One a program: the engines that it has.
    private static final Set<String> LISTS =
            Set.of("EngineList.java", "WorkerEngines.java", "Products.java");

    /// What names an engine elsewhere, for a reason.
    private static final Map<String, Pattern> EXCEPTIONS =
            Map.ofEntries(
                    // Options of Triton's that are told to be missing here.
                    Map.entry("UnavailableFlags.java", pattern("\"(cuda|tf)-")),
                    // A field of Triton's configuration.
                    Map.entry("PlanBuilder.java", pattern("getCuda\\(\\)|\"cuda_graphs\"")),
                    // A path, a text and methods of Triton's protocol.
                    Map.entry("Route.java", pattern("\"cudasharedmemory\"")),
                    Map.entry("ClientRegions.java", pattern("cuda shared memory region")),
                    Map.entry("RegionMethods.java", pattern("CudaSharedMemory")),
                    // A field of Triton's configuration.
                    Map.entry(
                            "FieldTable.java", pattern("\"optimization\\.cuda\\.|\"cuda_graphs\"")),
                    // What these engines hand work to on GPUs, in Triton's words.
                    Map.entry("OnnxRuntime.java", pattern("Set\\.of\\(\"tensorrt\", \"cuda\"")),
                    Map.entry("TensorFlow.java", pattern("Set\\.of\\(\"tensorrt\", ")),
                    // A domain of ops that ONNX Runtime has itself.
                    Map.entry("OnnxModel.java", pattern("\"org.pytorch.aten\"")),
                    // Ops that come with PyTorch, for its exporter.
                    Map.entry("pytorch-ops.txt", pattern("^onnx::")),
                    // A plug-in that comes with TensorRT.
                    Map.entry("tensorrt-plugins.txt", pattern("^EfficientNMS_ONNX_TRT@1$")));

    private static Pattern pattern(String text) {
        return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    }

    @Test
    void enginesAreNamedInTheirOwnFoldersOnly() throws IOException {
        List<String> named = new ArrayList<>();
        Set<String> needed = new TreeSet<>();
        List<Path> files = shipped();
        assertThat(files).hasSizeGreaterThan(300);
        for (Path file : files) {
            String name = file.getFileName().toString();
            for (String line : lines(file)) {
                if (isComment(line) || LISTS.contains(name) || !names(file, line)) {
                    continue;
                }
                if (EXCEPTIONS.containsKey(name) && EXCEPTIONS.get(name).matcher(line).find()) {
                    needed.add(name);
                } else {
                    named.add(ROOT.relativize(file) + ": " + line.strip());
                }
            }
        }
        assertThat(named).as("lines that name an engine outside of its folders").isEmpty();
        assertThat(needed)
                .as("exceptions that are needed")
                .containsExactlyInAnyOrderElementsOf(EXCEPTIONS.keySet());
    }

    private static boolean names(Path file, String line) {
        return NAMES.entrySet().stream()
                .anyMatch(engine ->
                        engine.getValue().matcher(line).find() && !isOf(file, engine.getKey()));
    }

    /// Whether a folder on the way to a file, or the file but for its suffix, is called like the engine.
    private static boolean isOf(Path file, String engine) {
        for (Path part : ROOT.relativize(file)) {
            String name = part.toString().replaceFirst("\\..*", "").toLowerCase(Locale.ROOT);
            if (name.equals(engine)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isComment(String line) {
        String text = line.strip();
        return Stream.of("//", "/*", "*", "#").anyMatch(text::startsWith);
    }

    /// The sources of everything that is part of the distribution.
    private static List<Path> shipped() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module :
                List.of("tensor", "engine", "worker-link", "worker", "server", "client")) {
            add(files, ROOT.resolve(module).resolve("src/main"));
        }
        add(files, ROOT.resolve("installer/src/main"));
        try (Stream<Path> engines = Files.list(ROOT.resolve("engines"))) {
            for (Path engine : engines.toList()) {
                add(files, engine.resolve("src/main"));
            }
        }
        for (String folder : List.of("bin", "lib", "starter")) {
            add(files, ROOT.resolve("launcher").resolve(folder));
        }
        try (Stream<Path> launcher = Files.list(ROOT.resolve("launcher"))) {
            launcher.filter(file -> file.toString().matches(".*\\.(sh|xml)")).forEach(files::add);
        }
        return files;
    }

    private static void add(List<Path> files, Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            found.filter(Files::isRegularFile).forEach(files::add);
        }
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
