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

/// The program that confines a worker and outlives it (`launcher/starter`): its command line, and the
/// reports that it gives. A distribution without one for this machine starts workers plain.
///
record Starter(Path program, SandboxOptions.Mode sandbox) {
    /// The descriptor as which a worker inherits the control socket.
    static final int CONTROL = 3;

    private static final Pattern BEGIN = Pattern.compile("pid ([0-9]{1,9}): (.*)");
    private static final Pattern EXIT = Pattern.compile("exited with ([0-9]{1,3})");
    private static final Pattern SIGNAL = Pattern.compile("ended by signal ([0-9]{1,3})");

    /// What the starter says of its worker.
    sealed interface Report {
        /// The worker is about to run.
        ///
        /// @param confinement what is in force, in words
        record Begun(long pid, String confinement) implements Report {}

        /// The worker has ended, and everything that it had forked.
        record Ended(ProcessEnd end) implements Report {}

        /// The worker cannot run.
        record Refused(String reason) implements Report {}

        /// What a line says.
        static Report of(String line) {
            Matcher begin = BEGIN.matcher(line);
            if (begin.matches()) {
                return new Begun(Long.parseLong(begin.group(1)), begin.group(2));
            }
            Matcher exit = EXIT.matcher(line);
            if (exit.matches()) {
                return new Ended(new ProcessEnd.Exited(Integer.parseInt(exit.group(1))));
            }
            Matcher signal = SIGNAL.matcher(line);
            if (signal.matches()) {
                return new Ended(new ProcessEnd.Signalled(Integer.parseInt(signal.group(1))));
            }
            return new Refused(line);
        }
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
    /// @param socket the address of the server's control socket, to which `command` gets a connection as
    ///     [#CONTROL]; empty for none
    /// @param readable files and folders that it may read beside those of the system
    /// @param writable files and folders that it may write to beside its own folder
    List<String> command(
            WorkerFolder folder,
            String socket,
            List<Path> readable,
            List<Path> writable,
            List<String> command) {
        List<String> whole = new ArrayList<>();
        whole.add(program.toString());
        whole.add("--folder=" + folder.path());
        if (!socket.isEmpty()) {
            whole.add("--socket=" + socket);
        }
        whole.add("--sandbox=" + sandbox.name().toLowerCase(Locale.ROOT));
        for (String system :
                List.of("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev")) {
            whole.add("--read=" + system);
        }
        readable.forEach(path -> whole.add("--read=" + path));
        whole.add("--write=/dev/null");
        whole.add("--write=" + folder.path());
        writable.forEach(path -> whole.add("--write=" + path));
        whole.add("--");
        whole.addAll(command);
        return whole;
    }
}
