package dev.espalier.installer;

import java.io.PrintStream;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;

/// Tells how far a download is, in a line for each fifth.
final class Progress extends AbstractTransferListener {
    private static final int STEPS = 5;
    private static final long BYTES_PER_MB = 1 << 20;

    private final PrintStream out;
    private long told;

    Progress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void transferInitiated(TransferEvent event) {
        told = 0;
    }

    @Override
    public void transferProgressed(TransferEvent event) {
        long size = event.getResource().getContentLength();
        long step = size <= BYTES_PER_MB ? 0 : event.getTransferredBytes() * STEPS / size;
        if (step > told) {
            told = step;
            String name = event.getResource().getResourceName();
            out.printf(
                    "%s: %d of %d MB%n",
                    name.substring(name.lastIndexOf('/') + 1),
                    event.getTransferredBytes() / BYTES_PER_MB,
                    size / BYTES_PER_MB);
            out.flush();
        }
    }
}
