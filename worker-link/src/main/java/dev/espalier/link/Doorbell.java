package dev.espalier.link;

/// An eventfd that wakes an event loop of the server. The loop watches it edge-triggered and never reads
/// it.
public final class Doorbell implements AutoCloseable {
    private static final long EFD_NONBLOCK = 0x800;
    private static final long EFD_CLOEXEC = 0x80000;

    private final int descriptor;

    public Doorbell() throws LinkException {
        descriptor =
                (int)
                        LinuxCalls.checked(
                                "create an eventfd",
                                LinuxCalls.EVENTFD2,
                                0,
                                EFD_NONBLOCK | EFD_CLOEXEC);
    }

    public int descriptor() {
        return descriptor;
    }

    /// What a worker rings it by.
    public Handle handle() {
        return new Handle.Descriptor(descriptor);
    }

    @Override
    public void close() {
        LinuxCalls.close(descriptor);
    }
}
