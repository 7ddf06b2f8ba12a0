package dev.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a server holds at a moment at which it has nothing to do.
///
/// @param descriptors other than connections, which are their clients' affair
/// @param mappings of files, memory and stacks into its addresses
/// @param children processes that it has started: one a worker
/// @param temporaries folders of workers among its temporary files
/// @param records of deaths in its state folder
/// @param heap bytes of objects that are in use
/// @param resident bytes in memory
record Footprint(
        int descriptors,
        int threads,
        int mappings,
        int children,
        int temporaries,
        int records,
        ObjectsByClass heap,
        long resident) {
    private static final int MOST_RECORDS = 100;

    /// The column of a socket's number in the kernel's list of connections.
    private static final int INODE = 9;

    /// The JVM's compiler threads and the virtual threads' carriers come and go.
    private static final int SPARE_THREADS = 4;

    /// Each of those threads has a stack, and may have a heap of `malloc`'s.
    private static final int SPARE_MAPPINGS = 32;

    private static final int SPARE_HEAP_MB = 2;
    private static final int SPARE_RESIDENT_MB = 64;

    /// Waits until only living workers are left of all that have been, and counts.
    static Footprint of(DistServer server) throws IOException {
        return of(server, Model.OpSet.values().length);
    }

    /// The same where there are so many workers.
    static Footprint of(DistServer server, int workers) throws IOException {
        Deadline deadline = new Deadline(Trial.PATIENCE_SECONDS);
        while (children(server) != workers && !deadline.isOver()) {
            Pause.millis(50);
        }
        ObjectsByClass heap = ObjectsByClass.of(server.pid());
        Path process = Path.of("/proc", Long.toString(server.pid()));
        return new Footprint(
                descriptors(process),
                count(process.resolve("task")),
                Files.readAllLines(process.resolve("maps")).size(),
                children(server),
                count(server.temporary()),
                count(server.state().resolve("deaths")),
                heap,
                resident(process));
    }

    private static int children(DistServer server) {
        return (int)
                server.descendants().stream()
                        .filter(child ->
                                child.parent()
                                        .filter(parent -> parent.pid() == server.pid())
                                        .isPresent())
                        .count();
    }

    private static int count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return (int) files.count();
        }
    }

    private static int descriptors(Path process) throws IOException {
        Set<String> connections =
                Stream.concat(
                                Files.readAllLines(process.resolve("net/tcp")).stream().skip(1),
                                Files.readAllLines(process.resolve("net/tcp6")).stream().skip(1))
                        .map(line -> "socket:[%s]".formatted(line.strip().split("\\s+", -1)[INODE]))
                        .collect(Collectors.toSet());
        int count = 0;
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (!connections.contains(Files.readSymbolicLink(descriptor).toString())) {
                    count++;
                }
            }
        }
        return count;
    }

    private static long resident(Path process) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("%s does not say how much memory is resident".formatted(process));
    }

    /// Nothing may have grown with the number of workers that have been since.
    void checkSince(Footprint before, Report report) {
        checkSince(before, SPARE_RESIDENT_MB, report);
    }

    /// The same where so much more memory may be resident.
    void checkSince(Footprint before, int spareResidentMegabytes, Report report) {
        report.check("no descriptor is left", descriptors <= before.descriptors);
        report.check("no thread is left", threads <= before.threads + SPARE_THREADS);
        report.check("no mapping is left", mappings <= before.mappings + SPARE_MAPPINGS);
        report.check("no process is left", children <= before.children);
        report.check("no folder is left", temporaries <= before.temporaries);
        report.check("records are rotated", records <= MOST_RECORDS);
        boolean sameHeap = heap.bytes() <= before.heap.bytes() + megabytes(SPARE_HEAP_MB);
        report.check("no object is left", sameHeap);
        if (!sameHeap) {
            heap.growthSince(before.heap).forEach(report::say);
        }
        report.check(
                "no memory is left",
                resident <= before.resident + megabytes(spareResidentMegabytes));
    }

    private static long megabytes(int count) {
        return (long) count << 20;
    }

    @Override
    public String toString() {
        return "%d descriptors, %d threads, %d mappings, %d children, %d folders, %d records, %.1f MB of objects, %d MB resident"
                .formatted(
                        descriptors,
                        threads,
                        mappings,
                        children,
                        temporaries,
                        records,
                        heap.bytes() / 1e6,
                        resident / 1_000_000);
    }
}
