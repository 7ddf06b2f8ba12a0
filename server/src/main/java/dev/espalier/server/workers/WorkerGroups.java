package dev.espalier.server.workers;

import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.config.WorkerOptions;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// The control groups (cgroup v2) of workers, one each, in which the kernel counts all that they make it use. They lie
/// beside the server's own in the group that the server was started in, if that was left to it:
///
///     home                        the server was started here; it may have limits, for all together
///       espalier-server           the server goes here, since a group that others share out has no processes itself
///       espalier-worker-812-1     a worker, with its limits
///
/// Safe for use by several threads.
public final class WorkerGroups {
    private static final Logger LOG = System.getLogger(WorkerGroups.class.getName());
    private static final String SERVER = "espalier-server";
    private static final String WORKER = "espalier-worker-";
    private static final String PROCESSES = "cgroup.procs";
    private static final String CHILDREN_HAVE = "cgroup.subtree_control";

    /// As many as the starter lets a worker have that is alone in its namespace of users.
    private static final int MOST_PROCESSES = 2_200;

    /// What the kernel counts for a worker that is no memory of its own: the files that it runs from, its part of the
    /// link beyond the budget.
    private static final long UNCOUNTED_BYTES = 256L << 20;

    private final Optional<ControlGroup> home;
    private final String lacking;
    private final long server;
    private final long memoryBytes;
    private final AtomicLong numbers = new AtomicLong();

    private WorkerGroups(
            Optional<ControlGroup> home, String lacking, long server, long memoryBytes) {
        this.home = home;
        this.lacking = lacking;
        this.server = server;
        this.memoryBytes = memoryBytes;
    }

    /// None, for a reason that workers tell.
    public static WorkerGroups none(String why) {
        return new WorkerGroups(Optional.empty(), why, 0, 0);
    }

    /// Those of the calling process, which goes to a group of its own. None, with the reason, where this machine does
    /// not let it.
    public static WorkerGroups of(WorkerOptions options) {
        return options.sandbox().mode() == SandboxOptions.Mode.OFF
                ? none("--worker-sandbox=off")
                : of(
                        Path.of("/proc/self"),
                        ProcessHandle.current().pid(),
                        options.supervision().memoryBytes(),
                        options.requestMemoryBytes());
    }

    /// @param process the folder of the process `server` in /proc
    /// @param workerBytes what a worker may have of its own; 0 for any number
    /// @param linkBytes what requests and results may take up, which may count for any worker
    static WorkerGroups of(Path process, long server, long workerBytes, long linkBytes) {
        try {
            ControlGroup own = ControlGroup.of(process);
            ControlGroup home = own.name().equals(SERVER) ? own.parent() : own;
            home.requireOwned();
            enter(home, own, server);
            WorkerGroups groups =
                    new WorkerGroups(
                            Optional.of(home),
                            "",
                            server,
                            workerBytes == 0 ? 0 : workerBytes + linkBytes + UNCOUNTED_BYTES);
            groups.sweep();
            return groups;
        } catch (IOException failure) {
            return none(String.valueOf(failure.getMessage()));
        }
    }

    /// Moves the server below `home`, and has its children share out what there is. All or nothing.
    private static void enter(ControlGroup home, ControlGroup own, long server) throws IOException {
        ControlGroup leaf = home.child(SERVER);
        boolean made = leaf.create();
        try {
            leaf.write(PROCESSES, Long.toString(server));
            home.write(CHILDREN_HAVE, "+memory +pids");
        } catch (IOException failure) {
            own.attempt(PROCESSES, Long.toString(server));
            if (made) {
                leaf.remove();
            }
            throw new IOException(
                    String.valueOf(failure.getMessage()).contains("busy")
                            ? home + " has other processes as well"
                            : home + ": " + failure.getMessage(),
                    failure);
        }
        // By group, not by thread: one that has many does not get more for it.
        home.attempt(CHILDREN_HAVE, "+cpu");
    }

    /// Removes what servers have left that were killed along with their starters.
    private void sweep() throws IOException {
        ControlGroup all = home.orElseThrow();
        try (DirectoryStream<Path> left = Files.newDirectoryStream(all.folder(), WORKER + "*-*")) {
            for (Path group : left) {
                String maker = group.getFileName().toString().split("-", -1)[2];
                if (maker.matches("[0-9]{1,9}")
                        && (Long.parseLong(maker) == server
                                || ProcessHandle.of(Long.parseLong(maker)).isEmpty())) {
                    new ControlGroup(group).remove();
                }
            }
        }
    }

    /// A group for a new worker; none where there are none, or this one cannot be had.
    Optional<ControlGroup> create() {
        if (home.isEmpty()) {
            return Optional.empty();
        }
        ControlGroup group = home.get().child(WORKER + server + "-" + numbers.incrementAndGet());
        try {
            boolean _ = group.create();
            group.write("pids.max", Integer.toString(MOST_PROCESSES));
            if (memoryBytes > 0) {
                group.write("memory.max", Long.toString(memoryBytes));
            }
            // One that is ended for its memory takes along what it has started.
            group.attempt("memory.oom.group", "1");
            return Optional.of(group);
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "no cgroup for a worker: {0}", failure.getMessage());
            group.remove();
            return Optional.empty();
        }
    }

    /// What tells the starter of a worker's group.
    List<String> options(Optional<ControlGroup> group) {
        return List.of(
                group.map(each -> "--group=" + each.folder())
                        .orElse("--no-group=" + (lacking.isEmpty() ? "see the log" : lacking)));
    }

    /// Why there are none; empty where there are.
    public String lacking() {
        return lacking;
    }
}
