package dev.espalier.server;

/// Gives the heap that a burst of large requests has left behind back to the system, once the server is
/// quiet: the collector itself looks at it only when memory runs short. To be run every few seconds.
final class HeapRelease implements Runnable {
    /// How much the heap may have grown since the last release.
    private static final long GROWTH = 16 << 20;

    /// Who allocates less than this between two looks is quiet.
    private static final long QUIET = 2 << 20;

    private final Runtime runtime = Runtime.getRuntime();
    private long settled = runtime.totalMemory();
    private long lastUsed;

    @Override
    public void run() {
        long used = runtime.totalMemory() - runtime.freeMemory();
        boolean quiet = Math.abs(used - lastUsed) < QUIET;
        lastUsed = used;
        if (quiet && runtime.totalMemory() > settled + GROWTH) {
            runtime.gc();
            settled = runtime.totalMemory();
        }
    }
}
