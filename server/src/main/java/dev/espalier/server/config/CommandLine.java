package dev.espalier.server.config;

import java.util.List;
import java.util.Map;

/// The server's command line, understood.
public final class CommandLine {
    private CommandLine() {}

    /// What a command line asks for.
    public sealed interface Result {}

    /// Run the server.
    public record Run(ServerOptions options) implements Result {}

    /// Print this text and end well.
    public record ShowHelp(String text) implements Result {}

    /// Print this message and end with an error.
    public record Refused(String message) implements Result {}

    /// Reads the arguments of `main`. Looks at the files that they name, and changes nothing.
    ///
    /// @param environment the environment variables, such as `System.getenv()`
    /// @param engines those that models can run with
    public static Result parse(
            String[] arguments, Map<String, String> environment, List<KnownEngine> engines) {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            return new ShowHelp(HelpText.write());
        }
        try {
            FlagReader reader = new FlagReader();
            reader.read(arguments);
            return new Run(
                    new OptionsReader(reader.values(), environment, engines)
                            .read(reader.notices()));
        } catch (UsageException e) {
            return new Refused(String.valueOf(e.getMessage()));
        }
    }
}
