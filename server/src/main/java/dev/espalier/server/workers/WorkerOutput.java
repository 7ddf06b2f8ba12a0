package dev.espalier.server.workers;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// What a worker writes to its standard streams: goes to the server's log line by line, a bounded number of
/// lines a second, and the last lines are kept for whoever asks why it died. Nothing that stands there is
/// believed.
///
/// One thread reads; the last lines may be asked for by any.
final class WorkerOutput implements Runnable {
    private static final Logger LOG = System.getLogger(WorkerOutput.class.getName());
    private static final int LINES_KEPT = 40;
    private static final int LINES_A_SECOND = 50;

    /// A longer line is cut into several: an op that never ends its line must not fill our memory.
    private static final int LONGEST_LINE = 2_000;

    /// What a JVM prints when it crashes; its report has more, and is read from its file.
    private static final Pattern JVM_BANNER =
            Pattern.compile(
                    "#( .*)?|.*Loading hsdis library failed"
                            + "|.* warning: CreateCoredumpOnCrash specified, .*");

    private final String label;
    private final InputStream stream;
    private final CountDownLatch read = new CountDownLatch(1);
    private final Deque<String> last = new ArrayDeque<>();
    private long second = Long.MIN_VALUE;
    private int linesThisSecond;
    private long suppressed;

    /// @param label what operators call the worker
    WorkerOutput(String label, InputStream stream) {
        this.label = label;
        this.stream = stream;
    }

    /// Waits until all that it has written is read, if that is within this time.
    void awaitEnd(long millis) {
        try {
            boolean _ = read.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The last lines that it wrote.
    List<String> lastLines() {
        synchronized (last) {
            return List.copyOf(last);
        }
    }

    @Override
    public void run() {
        try (stream) {
            read();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "output of worker {0}: {1}", label, gone.getMessage());
        } finally {
            read.countDown();
        }
    }

    private void read() throws IOException {
        LineCutter lines = new LineCutter(LONGEST_LINE, this::pass);
        byte[] buffer = new byte[8 << 10];
        int count;
        while ((count = stream.read(buffer)) >= 0) {
            lines.take(buffer, count);
        }
        lines.end();
        tellSuppressed();
    }

    private void pass(String text) {
        if (JVM_BANNER.matcher(text).matches()) {
            LOG.log(Level.DEBUG, "worker {0}: {1}", label, text);
            return;
        }
        synchronized (last) {
            if (last.size() == LINES_KEPT) {
                last.removeFirst();
            }
            last.addLast(text);
        }
        long now = System.nanoTime() / 1_000_000_000L;
        if (now != second) {
            tellSuppressed();
            second = now;
            linesThisSecond = 0;
        }
        if (linesThisSecond++ < LINES_A_SECOND) {
            LOG.log(Level.INFO, "worker {0}: {1}", label, text);
        } else {
            suppressed++;
        }
    }

    private void tellSuppressed() {
        if (suppressed > 0) {
            LOG.log(
                    Level.WARNING,
                    "worker {0} wrote {1} more lines than {2} a second; they are left out",
                    label,
                    suppressed,
                    LINES_A_SECOND);
            suppressed = 0;
        }
    }
}
