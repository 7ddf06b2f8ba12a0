package dev.espalier.server.workers;

import dev.espalier.server.config.SandboxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The program that confines a worker and outlives it (`launcher/starter`): its command line, and the
/// lines that it says. A distribution without one for this machine starts workers plain.
///
record Starter(Path program, SandboxOptions.Mode sandbox) {
    private static final Pattern LINE = Pattern.compile("espalier-starter: (.*)");
    private static final Pattern BEGIN = Pattern.compile("pid (\\d+): (.*)");
    private static final Pattern EXIT = Pattern.compile("exited with (\\d+)");
    private static final Pattern SIGNAL = Pattern.compile("ended by signal (\\d+)");

    /// A line of the starter.
    sealed interface Line {
        /// The worker is about to run.
        ///
        /// @param confinement what is in force, in words
        record Begun(long pid, String confinement) implements Line {}

        /// The worker has ended, and everything that it had forked.
        record Ended(ProcessEnd end) implements Line {}

        /// The worker cannot run.
        record Refused(String reason) implements Line {}
    }

    /// The starter for this machine in a distribution, where it has one.
    static Optional<Starter> in(Path home, SandboxOptions.Mode sandbox) {
        Path program =
                home.resolve("lib/starter")
                        .resolve(System.getProperty("os.arch"))
                        .resolve("espalier-starter");
        return Files.isExecutable(program)
                ? Optional.of(new Starter(program, sandbox))
                : Optional.empty();
    }

    /// The command that starts `command` confined.
    ///
    /// @param readable files and folders that it may read beside those of the system
    List<String> command(WorkerFolder folder, List<Path> readable, List<String> command) {
        List<String> whole = new ArrayList<>();
        whole.add(program.toString());
        whole.add("--folder=" + folder.path());
        whole.add("--sandbox=" + sandbox.name().toLowerCase(Locale.ROOT));
        for (String system :
                List.of("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev")) {
            whole.add("--read=" + system);
        }
        readable.forEach(path -> whole.add("--read=" + path));
        whole.add("--write=/dev/null");
        whole.add("--write=" + folder.path());
        whole.add("--");
        whole.addAll(command);
        return whole;
    }

    /// What a line of output says, or null where it is not the starter's.
    static @Nullable Line line(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            return null;
        }
        String said = line.group(1);
        Matcher begin = BEGIN.matcher(said);
        if (begin.matches()) {
            return new Line.Begun(Long.parseLong(begin.group(1)), begin.group(2));
        }
        Matcher exit = EXIT.matcher(said);
        if (exit.matches()) {
            return new Line.Ended(new ProcessEnd.Exited(Integer.parseInt(exit.group(1))));
        }
        Matcher signal = SIGNAL.matcher(said);
        if (signal.matches()) {
            return new Line.Ended(new ProcessEnd.Signalled(Integer.parseInt(signal.group(1))));
        }
        return new Line.Refused(said);
    }
}
