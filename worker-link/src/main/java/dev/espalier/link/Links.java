package dev.espalier.link;

/// What the server makes links of. Safe for use by several threads.
public sealed interface Links extends AutoCloseable permits LinuxLinks, PortableLinks {
    LinkKind kind();

    /// Makes the first segment of an IN memory: its control words, and blocks.
    SharedRegion createIn(long size) throws LinkException;

    /// Makes a further segment of an IN memory.
    SharedRegion createSegment(long size) throws LinkException;

    /// Makes an OUT memory, which this process only reads.
    SharedRegion createOut(long size) throws LinkException;

    /// Begins to wait for one worker.
    ControlSocket.Listener listen() throws LinkException;

    /// Removes what is left of them. All workers have ended.
    @Override
    void close();
}
