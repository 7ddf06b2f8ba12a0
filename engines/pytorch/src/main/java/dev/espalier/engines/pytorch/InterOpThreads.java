package dev.espalier.engines.pytorch;

import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.global.torch;

/// How many threads of the process run what models fork off. PyTorch takes one number a process: the first model
/// that says one has its way.
final class InterOpThreads {
    private static final AtomicInteger SET = new AtomicInteger();

    private InterOpThreads() {}

    /// @param count 0 for whatever it is
    static void set(int count) {
        if (count == 0 || SET.get() == count) {
            return;
        }
        if (SET.compareAndSet(0, count)) {
            torch.set_num_interop_threads(count);
        } else {
            System.err.println(
                    "parameter INTER_OP_THREAD_COUNT: %d (this process has %d already, for another model)"
                            .formatted(count, SET.get()));
        }
    }
}
