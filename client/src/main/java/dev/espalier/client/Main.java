package dev.espalier.client;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// The command `espalier`.
public final class Main {
    private Main() {}

    /// Runs one command; ends with 0 when it did what was asked, else with 1.
    public static void main(String[] arguments) {
        PrintStream out = printable(FileDescriptor.out);
        PrintStream err = printable(FileDescriptor.err);
        int status = run(arguments, System.getenv(), out, err);
        err.flush();
        out.flush();
        System.exit(status);
    }

    private static PrintStream printable(FileDescriptor descriptor) {
        return new PrintStream(
                new PrintableOutput(new BufferedOutputStream(new FileOutputStream(descriptor))),
                false,
                StandardCharsets.UTF_8);
    }

    static int run(
            String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            Arguments asked = Arguments.parse(arguments, environment);
            switch (asked.command()) {
                case "help" -> out.print(Help.TEXT);
                case "models" -> new ModelsCommand(Server.at(asked), out).run(asked);
                case "status" -> new StatusCommand(Server.at(asked), out).run(asked);
                case "infer" -> new InferCommand(Server.at(asked), out).run(asked);
                case "workers" -> new WorkersCommand(Server.at(asked), out).run(asked);
                case "ops" -> new OpsCommand(Server.at(asked), out).run(asked);
                case "new" ->
                        new NewCommand(
                                        Path.of(environment.getOrDefault("ESPALIER_HOME", ".")),
                                        Path.of("").toAbsolutePath(),
                                        out)
                                .run(asked);
                case "demo" ->
                        new DemoCommand(
                                        Path.of(environment.getOrDefault("ESPALIER_HOME", ".")),
                                        out)
                                .run(asked);
                default ->
                        throw new ClientException(
                                "unknown command: '"
                                        + asked.command()
                                        + "' (expected: models, infer, ops, workers, engine, status, new, demo or help)");
            }
            return 0;
        } catch (ClientException e) {
            out.flush();
            err.println("espalier: " + e.line());
            return 1;
        }
    }
}
