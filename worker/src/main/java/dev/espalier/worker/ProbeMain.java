package dev.espalier.worker;

import dev.espalier.engine.EngineException;
import dev.espalier.engine.OpInspector;
import dev.espalier.link.ProbeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where a probe begins: `ProbeMain EVENTS ENGINE ENGINE_LIBRARY OP_LIBRARY`. Opens the op library, asks it
/// for its ops, appends what it learns to the file EVENTS ([ProbeEvent]), and ends. Started by the server,
/// which sees how it ends: a library can do anything to the process that opens it.
public final class ProbeMain {
    private ProbeMain() {}

    public static void main(String[] arguments) throws IOException, EngineException {
        run(arguments, WorkerEngines.ofTheDistribution());
    }

    /// The same for other engines.
    public static void run(String[] arguments, WorkerEngines engines)
            throws IOException, EngineException {
        if (arguments.length != 4) {
            System.err.println(
                    "ProbeMain is started by the Espalier server: EVENTS ENGINE ENGINE_LIBRARY"
                            + " OP_LIBRARY (got "
                            + arguments.length
                            + " arguments)");
            System.exit(2);
        }
        Path events = Path.of(arguments[0]);
        if (Boolean.getBoolean("espalier.probe.ends-with-input")) {
            Thread.ofPlatform().name("server watch").daemon().start(ProbeMain::endWithServer);
        }
        OpInspector inspector = engines.named(arguments[1]).inspector(Path.of(arguments[2]));
        tell(events, new ProbeEvent.Begun());
        var report =
                inspector.inspect(
                        Path.of(arguments[3]),
                        new OpInspector.Progress() {
                            @Override
                            public void opened() {
                                tell(events, new ProbeEvent.Opened());
                            }

                            @Override
                            public void askedForNewer(int asked, int newest) {
                                tell(events, new ProbeEvent.AskedForNewer(asked, newest));
                            }
                        });
        tell(events, new ProbeEvent.Finished(report));
        // No exit handlers: the library may have registered one that never returns.
        Runtime.getRuntime().halt(0);
    }

    /// A library that hangs must not outlive the server, which holds the other end of the standard input where
    /// there is no starter.
    private static void endWithServer() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent.
            }
        } catch (IOException _) {
            // As good as its end.
        }
        Runtime.getRuntime().halt(3);
    }

    /// An event is in the file before anything else happens. Where it cannot be written there is nothing to
    /// be done but to end: the caller may be the library's code, which no exception may reach.
    private static void tell(Path events, ProbeEvent event) {
        try {
            Files.write(
                    events, event.encoded(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            System.err.println("probe: " + events + " cannot be written: " + failure.getMessage());
            Runtime.getRuntime().halt(2);
        }
    }
}
