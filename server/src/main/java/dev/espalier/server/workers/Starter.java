package dev.espalier.server.workers;

import dev.espalier.server.config.Place;
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
record Starter(Path program, SandboxOptions sandbox, long memoryBytes) {
    /// The descriptor as which a worker inherits the control socket.
    static final int CONTROL = 3;

    /// What every program needs of the system: its libraries, where the loader looks for them, the time zone,
    /// what the machine has.
    static final List<String> SYSTEM =
            List.of(
                    "/usr",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/bin",
                    "/sbin",
                    "/etc/alternatives",
                    "/etc/group",
                    "/etc/ld.so.cache",
                    "/etc/ld.so.conf",
                    "/etc/ld.so.conf.d",
                    "/etc/localtime",
                    "/etc/nsswitch.conf",
                    "/etc/passwd",
                    "/etc/timezone",
                    "/proc",
                    "/sys/devices/system",
                    "/sys/fs/cgroup",
                    "/sys/kernel/mm",
                    "/dev/null",
                    "/dev/random",
                    "/dev/urandom",
                    "/dev/zero");

    /// What finds and trusts hosts.
    private static final List<String> NETWORK =
            List.of(
                    "/etc/ca-certificates",
                    "/etc/hosts",
                    "/etc/pki",
                    "/etc/resolv.conf",
                    "/etc/ssl");

    private static final Pattern BEGIN = Pattern.compile("pid ([0-9]{1,9}): (.*)");
    private static final Pattern OVERRUN =
            Pattern.compile("over its limit of ([0-9]{1,18}) bytes of (memory|disk)");
    private static final Pattern EXIT = Pattern.compile("exited with ([0-9]{1,3})");
    private static final Pattern SIGNAL = Pattern.compile("ended by signal ([0-9]{1,3})");

    /// What the starter says of its worker.
    sealed interface Report {
        /// The worker is about to run.
        ///
        /// @param confinement what is in force, in words
        record Begun(long pid, String confinement) implements Report {}

        /// The worker will be ended, for having taken more than it may.
        ///
        /// @param cause its limit of memory, with what it has started, or of disk
        record Overrun(DeathCause cause) implements Report {}

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
            Matcher overrun = OVERRUN.matcher(line);
            if (overrun.matches()) {
                long bytes = Long.parseLong(overrun.group(1));
                return new Overrun(
                        overrun.group(2).equals("disk")
                                ? new DeathCause.TooMuchDisk(bytes)
                                : new DeathCause.TooMuchMemory(bytes));
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
    ///
    /// @param memoryBytes what a worker and all that it starts may have together; 0 for any number
    static Optional<Starter> in(Path home, SandboxOptions sandbox, long memoryBytes) {
        Path program =
                home.resolve("lib/starter")
                        .resolve(System.getProperty("os.arch"))
                        .resolve("espalier-starter");
        return Files.isExecutable(program)
                ? Optional.of(new Starter(program, sandbox, memoryBytes))
                : Optional.empty();
    }

    /// A place that an op may write to, or above: where it led when it was allowed is what it stays.
    private static void add(List<String> whole, String option, Place place) {
        whole.add(option + place.real());
        if (!place.path().equals(place.real())) {
            whole.add("--link=" + place.path());
        }
    }

    /// The command that starts `command` confined.
    ///
    /// @param socket the address of the server's control socket, to which `command` gets a connection as
    ///     [#CONTROL]; empty for none
    /// @param group what says in which control group it is kept
    /// @param readable files and folders that it may read beside those of the system
    /// @param needs of its engine
    List<String> command(
            WorkerFolder folder,
            String socket,
            List<String> group,
            List<Path> readable,
            SandboxNeeds needs,
            List<String> command) {
        List<String> whole = new ArrayList<>();
        whole.add(program.toString());
        whole.add("--folder=" + folder.path());
        if (!socket.isEmpty()) {
            whole.add("--socket=" + socket);
        }
        whole.addAll(group);
        whole.add("--sandbox=" + sandbox.mode().name().toLowerCase(Locale.ROOT));
        whole.add("--user=" + sandbox.user());
        whole.add("--memory=" + memoryBytes);
        whole.add("--disk=" + sandbox.diskBytes());
        whole.add("--addresses=" + sandbox.addressBytes());
        if (sandbox.network()) {
            whole.add("--network");
            NETWORK.forEach(system -> whole.add("--read=" + system));
        }
        if (needs.memoryFiles()) {
            whole.add("--memory-files");
        }
        needs.readable().forEach(path -> whole.add("--read=" + path));
        SYSTEM.forEach(system -> whole.add("--read=" + system));
        readable.forEach(path -> whole.add("--read=" + path));
        sandbox.readable().forEach(place -> add(whole, "--read-exactly=", place));
        whole.add("--write=/dev/null");
        sandbox.writable().forEach(place -> add(whole, "--write-exactly=", place));
        whole.add("--write=" + folder.path());
        needs.writable().forEach(path -> whole.add("--write=" + path));
        whole.add("--");
        whole.addAll(command);
        return whole;
    }
}
