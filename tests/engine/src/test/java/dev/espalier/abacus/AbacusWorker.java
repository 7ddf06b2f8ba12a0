package dev.espalier.abacus;

import dev.espalier.engine.EngineException;
import dev.espalier.worker.ProbeMain;
import dev.espalier.worker.WorkerEngines;
import dev.espalier.worker.WorkerMain;
import java.io.IOException;
import java.util.List;

/// The programs of its pack: the worker and the probe as they are, with this engine in their list.
public final class AbacusWorker {
    private static final WorkerEngines ENGINES = new WorkerEngines(List.of(new AbacusKind()));

    private AbacusWorker() {}

    public static void main(String[] arguments) {
        WorkerMain.run(arguments, ENGINES);
    }

    /// The probe.
    public static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) throws IOException, EngineException {
            ProbeMain.run(arguments, ENGINES);
        }
    }
}
