package dev.espalier.worker;

import dev.espalier.engine.Engine;
import dev.espalier.engine.EngineException;
import dev.espalier.engines.onnxruntime.OnnxRuntimeEngine;
import dev.espalier.engines.tensorflow.TensorFlowEngine;
import dev.espalier.link.ControlSocket;
import dev.espalier.link.ImmediateExit;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;

/// Where a worker process begins: `WorkerMain SOCKET ENGINE LIBRARY`, with the name of the server's
/// control socket, the engine's name and the path of its native library. Started by the server only.
public final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            System.err.println(
                    "WorkerMain is started by the Espalier server: SOCKET ENGINE LIBRARY (got "
                            + arguments.length
                            + " arguments)");
            System.exit(2);
        }
        Thread.setDefaultUncaughtExceptionHandler(WorkerMain::fail);
        try (ControlSocket socket = ControlSocket.connect(arguments[0])) {
            new Worker(socket, engine(arguments[1], Path.of(arguments[2]))).run();
        } catch (EOFException serverIsGone) {
            end();
        } catch (IOException | EngineException failure) {
            System.err.println("worker: " + failure.getMessage());
            ImmediateExit.now(1);
        }
    }

    /// A thread of ours has ended in an error: what it was for is not done any more, so the worker goes,
    /// and another one comes.
    private static void fail(Thread thread, Throwable failure) {
        System.err.println("worker: thread '" + thread.getName() + "' failed: " + failure);
        ImmediateExit.now(1);
    }

    private static Engine engine(String name, Path library) throws EngineException {
        return switch (name) {
            case "onnxruntime" -> new OnnxRuntimeEngine(library);
            case "tensorflow" -> new TensorFlowEngine(library);
            default ->
                    throw new EngineException(
                            "engine: " + name + " (expected: onnxruntime or tensorflow)");
        };
    }

    /// Ends the process without running exit handlers: an op may have registered one that never returns.
    private static void end() {
        if (Boolean.getBoolean("espalier.worker.orderly-exit")) {
            // The run that records an AOT cache writes it in the JVM's own exit.
            System.exit(0);
        }
        ImmediateExit.now(0);
    }
}
