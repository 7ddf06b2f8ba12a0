package dev.espalier.engines.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.LoadedModel;
import dev.espalier.engine.ModelSource;
import dev.espalier.engine.OpInspector;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.Signature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of jars: which class is the model, and what is said where none can be.
@Timeout(60)
final class ModelJarTest {
    private static final String RUN =
            "public void run(List<Request> requests, Answers answers) {}\n";
    private static final String SIGNATURE =
            """
            public Signature signature() {
                return new Signature(
                        List.of(TensorSpec.of("X", DataType.FP32, -1)),
                        List.of(TensorSpec.of("Y", DataType.FP32, -1)));
            }
            """;

    @TempDir private Path folder;
    private Jars jars;

    @BeforeEach
    void makeJars() {
        jars = new Jars(folder);
    }

    private static LoadedModel load(Path jar, Map<String, String> parameters)
            throws EngineException {
        return new JavaEngine()
                .load(new ModelSource("m", jar, List.of(jar), parameters, Signature.EMPTY));
    }

    private static void assertRefused(Path jar, String... words) {
        assertThatThrownBy(() -> load(jar, Map.of()).newInstance())
                .isInstanceOf(EngineException.class)
                .message()
                .contains(words);
    }

    @Test
    void loadsTheClassThatTheJarNames() throws Exception {
        try (LoadedModel model = load(jars.model(SIGNATURE + RUN), Map.of())) {
            assertThat(model.signature().inputs()).hasSize(1);
            model.newInstance().close();
        }
    }

    @Test
    void findsWhatTheModelNeedsInLib() throws Exception {
        Path library =
                jars.classes(
                        Map.of(
                                "other/Name.java",
                                "package other; public class Name { public static String of() { return \"X\"; } }"));
        Files.move(library, folder.resolve("library"));
        jars.jar("1/lib/other.jar", folder.resolve("library"), Map.of());
        Path jar = jars.model(SIGNATURE.replace("\"X\"", "other.Name.of()") + RUN);

        try (LoadedModel model = load(jar, Map.of())) {
            assertThat(model.signature().inputs().getFirst().name()).isEqualTo("X");
        }
        Files.delete(folder.resolve("1/lib/other.jar"));
        assertRefused(jar, "NoClassDefFoundError: other/Name");
    }

    @Test
    void doesNotShowTheWorkersOwnLibraries() throws Exception {
        assertRefused(
                jars.model(
                        SIGNATURE
                                + RUN
                                + """
                                public void load(ModelContext context) throws Exception {
                                    Class.forName("dev.espalier.engine.Engine");
                                }
                                """),
                "load of example.M threw java.lang.ClassNotFoundException: dev.espalier.engine.Engine",
                "at ",
                "M.java");
    }

    @Test
    void wantsToKnowWhichOfTwoClassesIsMeant() throws Exception {
        Path classes =
                jars.classes(
                        Map.of(
                                "example/M.java",
                                Jars.source("M", SIGNATURE + RUN),
                                "example/N.java",
                                Jars.source("N", SIGNATURE.replace("\"X\"", "\"N\"") + RUN)));
        Path jar =
                jars.jar(
                        "1/model.jar",
                        classes,
                        Map.of(ModelJar.SERVICES, "example.M # one\n\nexample.N\n"));

        assertRefused(jar, "has 2 models, example.M, example.N; name one", "model_class");
        try (LoadedModel model = load(jar, Map.of("model_class", "example.N"))) {
            assertThat(model.signature().inputs().getFirst().name()).isEqualTo("N");
        }
        assertThatThrownBy(() -> load(jar, Map.of("model_class", "example.O")))
                .hasMessageContaining("'example.O' (expected: a class that");
    }

    @Test
    void refusesAJarWithoutModels() throws Exception {
        Path classes = jars.classes(Map.of("example/M.java", Jars.source("M", RUN)));

        assertRefused(
                jars.jar("1/model.jar", classes, Map.of()), "model.jar has no META-INF/services");
        assertRefused(
                jars.jar("1/model.jar", classes, Map.of(ModelJar.SERVICES, "# none\n")),
                "names no class");
        assertRefused(
                jars.jar("1/model.jar", classes, Map.of(ModelJar.SERVICES, "example.None")),
                "has no class example.None");
        assertRefused(
                jars.jar("1/model.jar", classes, Map.of(ModelJar.SERVICES, "java.lang.String")),
                "does not implement dev.espalier.sdk.Model");
    }

    @Test
    void refusesWhatIsNoJar() throws Exception {
        assertRefused(folder.resolve("none.jar"), "none.jar cannot be opened as a jar");
        assertRefused(
                Files.writeString(folder.resolve("text.jar"), "no jar"),
                "text.jar cannot be opened as a jar");
    }

    @Test
    void refusesAClassForANewerJava() throws Exception {
        Path classes = jars.classes(Map.of("example/M.java", Jars.source("M", SIGNATURE + RUN)));
        Path file = classes.resolve("example/M.class");
        byte[] content = Files.readAllBytes(file);
        // The major version: that of the Java after the one after this.
        content[7] += 2;
        Files.write(file, content);

        assertRefused(
                jars.jar("1/model.jar", classes, Map.of(ModelJar.SERVICES, "example.M")),
                "was compiled for a newer Java than this one",
                "compile it with --release " + Runtime.version().feature());
    }

    @Test
    void refusesClassesThatCannotBeModels() throws Exception {
        assertRefused(jars.model(SIGNATURE + RUN + "private M() {}"), "public constructor");
        assertRefused(
                jars.model(SIGNATURE + RUN + "public M() { throw new Error(\"broken\"); }"),
                "the constructor of example.M threw java.lang.Error: broken");
        assertRefused(
                jars.model(
                        RUN
                                + "public Signature signature() { throw new IllegalStateException(); }"),
                "signature() of example.M threw java.lang.IllegalStateException");
        assertRefused(
                jars.model(RUN + "public Signature signature() { return null; }"),
                "signature() of example.M is null");
        assertRefused(
                jars.model(RUN),
                "neither the configuration of model 'm' nor example.M.signature()");
    }

    @Test
    void tellsItsModelsToAProbe() throws Exception {
        OpReport report = inspect(jars.model(SIGNATURE + RUN));

        assertThat(report)
                .isInstanceOfSatisfying(
                        OpReport.Provides.class,
                        provided ->
                                assertThat(provided.ops())
                                        .singleElement()
                                        .satisfies(op ->
                                                assertThat(op.op().name()).isEqualTo("example.M")));
        assertThat(inspect(jars.model(RUN + "private M() {}")))
                .isInstanceOfSatisfying(
                        OpReport.NotOpened.class,
                        refused -> assertThat(refused.reason()).contains("public constructor"));
    }

    private static OpReport inspect(Path jar) {
        return new ModelJarInspector()
                .inspect(
                        jar,
                        new OpInspector.Progress() {
                            @Override
                            public void opened() {}

                            @Override
                            public void askedForNewer(int asked, int newest) {}
                        });
    }
}
