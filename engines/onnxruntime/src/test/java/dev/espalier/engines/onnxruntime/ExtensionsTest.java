package dev.espalier.engines.onnxruntime;

import static dev.espalier.engines.onnxruntime.Data.longs;
import static dev.espalier.engines.onnxruntime.Data.strings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A third party's op library as it is published: onnxruntime-extensions 0.13.0.
@Timeout(60)
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class ExtensionsTest {
    static final Path LIBRARY =
            Models.library(
                    "/ai/onnxruntime/extensions/native/linux-x64/libonnxruntime_extensions4j_jni.so");

    private static Models.Bench bench(String model) throws EngineException {
        return new Models.Bench(
                Models.load("tests/models/extensions/" + model, List.of(LIBRARY), Map.of()));
    }

    @Test
    void makesStringsUpper() throws EngineException {
        try (Models.Bench bench = bench("string_upper")) {
            bench.begin().input(0, strings("Graft", "one frame", ""), 3).run();
            assertThat(bench.output(0)).isEqualTo(strings("GRAFT", "ONE FRAME", ""));
        }
    }

    @Test
    void tellsLengthsInCharacters() throws EngineException {
        try (Models.Bench bench = bench("string_length")) {
            bench.begin().input(0, strings("äöü", "", "ab"), 3).run();
            assertThat(bench.output(0)).isEqualTo(longs(3, 0, 2));
        }
    }

    @Test
    void splitsTextIntoTokens() throws EngineException {
        try (Models.Bench bench = bench("bert_tokenizer")) {
            bench.begin().input(0, strings("Many grafted trees on one frame."), 1).run();
            assertThat(bench.output(0)).isEqualTo(longs(2, 5, 10, 11, 6, 7, 8, 9, 13, 3));
            assertThat(bench.output(2)).isEqualTo(longs(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
        }
    }
}
