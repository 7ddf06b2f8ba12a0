package dev.espalier.server.engines.java;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.BackendKeys;
import dev.espalier.server.formats.Device;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormat.Tensors;
import dev.espalier.server.ops.BuildMistakes;
import dev.espalier.server.ops.OpArchive;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.ops.OpMark;
import dev.espalier.server.ops.OpRules;
import dev.espalier.server.workers.SandboxNeeds;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Models in Java. A model's jar is its op library: the ops that it provides are models.
public final class JavaModels {
    /// Every key is the model's own affair, which is handed all of them.
    private static final BackendKeys KEYS =
            new BackendKeys(
                    Set.of("model_class", "calls", HeapSize.PARAMETER),
                    List.of(""),
                    Map.of(),
                    Set.of(),
                    Set.of(),
                    1);

    private static final Backend BACKEND = new Backend("java", Device.CPU, KEYS);

    static final ModelFormat JAR =
            new ModelFormat(
                    BACKEND,
                    "java_jar",
                    "model.jar",
                    "jar",
                    Tensors.IN_ENGINE,
                    (file, _) -> JarReader.read(file),
                    /* code= */ true);

    private static final OpArchive ARCHIVE =
            new OpArchive(JarReader.SUFFIX, JAR.title(), JarReader.LIBRARIES, JarReader::read);

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(JAR),
                    new OpEngine(
                            BACKEND.name(),
                            "Java",
                            OpMark.NONE,
                            new OpRules(
                                    /* visible= */ false,
                                    /* oneRegistry= */ false,
                                    /* replaces= */ false,
                                    Set.of()),
                            BuildMistakes.NONE,
                            ARCHIVE),
                    new WorkerNeeds(
                            List.of(),
                            // Clients and operators are told what a model throws, also the
                            // thousandth time.
                            List.of("-XX:-OmitStackTraceInFastThrow"),
                            SandboxNeeds.NONE,
                            new HeapSize(),
                            /* calls= */ true),
                    List.of());

    private JavaModels() {}
}
