package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The options of workers, their sandbox and the places that they use.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum WorkerFlag implements Flag {
    STATE_DIRECTORY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "state-directory",
                    new Text("<folder>"),
                    "Op libraries by content, probe results, caches; servers may share it."
                            + " Without it: the user's XDG state folder.")),
    REQUEST_MEMORY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "request-memory-mb",
                    new Whole(16, 1L << 30),
                    "",
                    "Memory for tensors on their way to and from the workers, in MB."
                            + " Without it: a quarter of the machine's.")),
    UNREAD_ANSWERS(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "decoupled-unread-answers",
                    new Whole(1, UnreadLimit.MOST_ANSWERS),
                    "64",
                    "Answers of a request that may be unread before its decoupled model waits.")),
    UNREAD_MEMORY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "decoupled-unread-mb",
                    new Whole(1, 1 << 20),
                    "16",
                    "MB of them.")),
    ENGINE_DIRECTORY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "engine-directory",
                    new Text("<folder>"),
                    "Engine packs beside the distribution's, as espalier engine install puts them there."
                            + " Without it: a folder in the user's XDG data folder.")),
    JAVA_OPTIONS(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-java-options",
                    new Text("<options>"),
                    "Further options of the workers' JVMs, separated by blanks.")),
    LINK(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-link",
                    new Choice(List.of("auto", "portable")),
                    "auto",
                    "What connects the server with its workers; portable: plain files and sockets, which"
                            + " are slower and confine nothing, as on systems other than Linux.")),
    SANDBOX(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-sandbox",
                    new Choice(List.of("auto", "on", "off")),
                    "auto",
                    "Keep workers from files, processes, networks and system calls that are none of their"
                            + " business, as far as this machine can; on: start no worker with less than all.")),
    READ(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-read",
                    new Text("<path>"),
                    "A file or folder that workers may read beside their own; may be given several times."
                            + " Those of LD_LIBRARY_PATH are.")),
    WRITE(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-write",
                    new Text("<path>"),
                    "A file or folder that workers may write beside their own; may be given several"
                            + " times.")),
    NETWORK(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-network",
                    "false",
                    "Let workers use the network, by TCP and UDP.")),
    USER(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-user",
                    new Text("<user id>:<group id>"),
                    "65534:65534",
                    "Whom workers of a server become that runs as root, in numbers.")),
    GRANTS(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-grant-file",
                    new Text("<file>"),
                    "What models may ask for by their parameters worker_read, worker_write and"
                            + " worker_network, a line each: a model's name or *, then 'read <path>',"
                            + " 'write <path>' or 'network'.")),
    ENVIRONMENT(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-environment",
                    new Text("<name>"),
                    "A variable of the server's environment that workers get too; may be given several"
                            + " times. Of the others they get what concerns language, threads and GPUs.")),
    EXECUTION_TIMEOUT(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "execution-timeout-ms",
                    new Whole(0, 86_400_000),
                    "0",
                    "How long one execution may run before its worker is taken for hung and replaced;"
                            + " 0: any time. A model's parameter execution_timeout_ms goes first.")),
    MEMORY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-memory-mb",
                    new Whole(0, 1L << 30),
                    "",
                    "Memory of its own that a worker may have, in MB, before it is replaced; 0: any amount."
                            + " Without it: three quarters of the machine's.")),
    DISK(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-disk-mb",
                    new Whole(0, 1L << 30),
                    "1024",
                    "What a worker's folder may take of the disk, and each file that it writes, in MB,"
                            + " before it is replaced; 0: any amount.")),
    ADDRESS_SPACE(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-address-space-mb",
                    new Whole(0, 1L << 30),
                    "0",
                    "Addresses that each process of a worker may map, in MB: what it asks for beyond them is"
                            + " refused to it, and it lives; the link's and the engine's count. 0: any number.")),
    QUARANTINE_AFTER(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "quarantine-after",
                    new Whole(0, 1_000_000),
                    "10",
                    "Deaths of its worker within the window that make a model unavailable until it is"
                            + " loaded again; 0: never.")),
    QUARANTINE_WINDOW(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "quarantine-window-secs",
                    new Whole(1, 31_536_000),
                    "60",
                    "The window of --quarantine-after, in seconds.")),
    STANDBY(
            FlagRow.of(
                    FlagGroup.WORKERS,
                    "worker-standby",
                    "false",
                    "Keep a second process with its models loaded beside each worker; it takes the place of"
                            + " one that dies within milliseconds, and costs its memory."));

    private final FlagRow row;

    WorkerFlag(FlagRow row) {
        this.row = row;
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
