package dev.espalier.sdk.test;

import dev.espalier.engines.java.JavaModels;
import dev.espalier.worker.WorkerEngines;
import dev.espalier.worker.WorkerMain;
import java.util.List;

/// A worker that hosts models in Java only. Started by [WorkerProcess].
final class JavaWorkerMain {
    private JavaWorkerMain() {}

    public static void main(String[] arguments) {
        WorkerMain.run(arguments, new WorkerEngines(List.of(new JavaModels())));
    }
}
