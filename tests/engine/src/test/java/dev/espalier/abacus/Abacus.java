package dev.espalier.abacus;

import dev.espalier.server.engines.ServerEngine;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.BackendKeys;
import dev.espalier.server.formats.Device;
import dev.espalier.server.formats.ModelFormat;
import dev.espalier.server.formats.ModelFormat.Tensors;
import dev.espalier.server.ops.BuildFault;
import dev.espalier.server.ops.OpEngine;
import dev.espalier.server.ops.OpMark;
import dev.espalier.server.ops.OpRules;
import dev.espalier.server.workers.SandboxNeeds;
import dev.espalier.server.workers.WorkerNeeds;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the server knows of it.
public final class Abacus {
    static final String NAME = "abacus";
    private static final Backend BACKEND = new Backend(NAME, Device.CPU, BackendKeys.NONE);

    private static final OpMark MARK =
            new OpMark("plain_answer", Set.of(AbacusFile.OP), List.of(), List.of("libabacus.so"));

    public static final ServerEngine ENGINE =
            new ServerEngine(
                    List.of(
                            new ModelFormat(
                                    BACKEND,
                                    "abacus_frame",
                                    "model.abacus",
                                    "frame",
                                    Tensors.IN_FILE,
                                    (file, _) -> AbacusFile.read(file))),
                    new OpEngine(
                            NAME,
                            "the Abacus",
                            MARK,
                            new OpRules(false, true, false, Set.of()),
                            (_, undefined) ->
                                    Optional.of(
                                            new BuildFault("lacks " + undefined.getFirst(), true))),
                    new WorkerNeeds(
                            List.of("ABACUS_"), List.of("-Dabacus.rods=10"), SandboxNeeds.NONE),
                    List.of("rods"));

    private Abacus() {}
}
