package dev.espalier.server;

import dev.espalier.server.config.CommandLine;
import dev.espalier.server.config.ServerOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.logging.LineFormat;
import dev.espalier.server.ops.Candidate;
import dev.espalier.server.ops.CandidateText;
import dev.espalier.server.ops.LibraryFinder;
import dev.espalier.server.ops.Shelf;
import dev.espalier.server.repository.ModelOps;
import dev.espalier.server.repository.OpExplanation;
import dev.espalier.server.workers.WorkerGroups;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `espalier ops check` and `espalier ops explain`: what the server would say of an op library, and of a
/// model's, without a server. They find, read, probe and remember as it does, by the same options.
public final class OpsMain {
    private static final String USAGE =
            """
            espalier ops check <library> ... [options]
                looks into op libraries; ends with 0 when all of them can be loaded
            espalier ops explain <repository> <model> [options]
                where each op of a model comes from; ends with 0 when the model can be served

            The options are the server's: --state-directory, --engine-directory, --op-shelf, --op-library
            and --op-allow (trtserver --help).
            """;
    private static final Path NO_REPOSITORY = Path.of("/");
    private static final int DONE = 0;
    private static final int NOT_IN_ORDER = 1;
    private static final int ASKED_WRONGLY = 2;

    private OpsMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        int status = run(arguments, System.getenv(), System.out, System.err);
        System.out.flush();
        System.exit(status);
    }

    /// @return the exit code
    static int run(
            String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err)
            throws InterruptedException {
        List<String> words = new ArrayList<>();
        List<String> flags = new ArrayList<>();
        for (String argument : arguments) {
            (argument.startsWith("--") ? flags : words).add(argument);
        }
        String command = words.isEmpty() ? "" : words.removeFirst();
        boolean check = command.equals("check") && !words.isEmpty();
        boolean explain = command.equals("explain") && words.size() == 2;
        if (!check && !explain) {
            err.print(USAGE);
            return ASKED_WRONGLY;
        }
        // Where there is no repository to look at any folder will do.
        flags.add("--model-repository=" + (explain ? words.getFirst() : NO_REPOSITORY));
        switch (CommandLine.parse(
                flags.toArray(String[]::new), environment, EngineList.ALL.known())) {
            case CommandLine.Run(ServerOptions options) -> {
                try {
                    StateFolder.prepare(options.workers().stateDirectory());
                    OpAssembly assembly =
                            OpAssembly.of(
                                    options,
                                    EngineList.ALL,
                                    WorkerGroups.none("for a server's workers only"));
                    boolean good =
                            check
                                    ? check(words, assembly, out)
                                    : explain(words.getLast(), options, assembly, out);
                    return good ? DONE : NOT_IN_ORDER;
                } catch (IOException | ServingException failure) {
                    err.println(
                            "espalier: "
                                    + LineFormat.escaped(String.valueOf(failure.getMessage())));
                    return NOT_IN_ORDER;
                }
            }
            case CommandLine.Refused(String message) -> {
                err.println("espalier: " + message);
                return ASKED_WRONGLY;
            }
            case CommandLine.ShowHelp _ -> {
                out.print(USAGE);
                return DONE;
            }
        }
    }

    private static boolean check(List<String> files, OpAssembly assembly, PrintStream out)
            throws ServingException, InterruptedException {
        boolean good = true;
        Shelf shelf = new Shelf(assembly.options().shelf(NO_REPOSITORY));
        for (String file : files) {
            Path path = Path.of(file).toAbsolutePath().normalize();
            Candidate library = assembly.libraries().candidate(LibraryFinder.at(path, shelf));
            CandidateText.lines(library).forEach(line -> out.println(LineFormat.escaped(line)));
            good &= library instanceof Candidate.Usable;
        }
        return good;
    }

    private static boolean explain(
            String model, ServerOptions options, OpAssembly assembly, PrintStream out)
            throws ServingException, InterruptedException {
        ModelOps ops = new ModelOps(options.repository(), assembly.options(), assembly.libraries());
        OpExplanation explanation =
                new OpExplanation(
                        options.repository(),
                        EngineList.ALL.formats(),
                        ops,
                        line -> out.println(LineFormat.escaped(line)));
        return explanation.explain(model);
    }
}
