package dev.espalier.server;

/// Gives the heap that a burst of large requests has left behind back to the system, once the server is
/// quiet: the collector itself looks at it only when memory runs short. To be run every few seconds.
final class HeapRelease implements Runnable {
    /// How much larger than at the start the heap must be to be worth a collection.
    private static final long GROWTH = 16 << 20;

    /// Who allocates less than this between two looks is quiet.
    private static final long QUIET = 2 << 20;

    /// Looks between two releases, so that traffic that comes and goes is not met by one each time.
    private static final int REST = 4;

    /// Collections after a busy time: the first one may find requests that only wait, and hold memory.
    private static final int RELEASES = 2;

    private final Runtime runtime = Runtime.getRuntime();
    private final long small = runtime.totalMemory() + GROWTH;
    private long lastUsed;
    private int due;
    private int looks = REST;

    @Override
    public void run() {
        long used = runtime.totalMemory() - runtime.freeMemory();
        boolean quiet = Math.abs(used - lastUsed) < QUIET;
        lastUsed = used;
        looks++;
        if (!quiet) {
            due = RELEASES;
        } else if (due > 0 && looks > REST && runtime.totalMemory() > small) {
            runtime.gc();
            lastUsed = runtime.totalMemory() - runtime.freeMemory();
            due--;
            looks = 0;
        }
    }
}
