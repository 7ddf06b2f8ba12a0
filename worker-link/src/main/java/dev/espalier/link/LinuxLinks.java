package dev.espalier.link;

import java.util.UUID;

/// Links of memfds, futexes and descriptors: nothing of them has a name in a file system.
final class LinuxLinks implements Links {
    @Override
    public LinkKind kind() {
        return LinkKind.LINUX;
    }

    @Override
    public SharedRegion createIn(long size) throws LinkException {
        return SealedRegion.createWritable("espalier-in", size);
    }

    @Override
    public SharedRegion createSegment(long size) throws LinkException {
        return SealedRegion.createWritable("espalier-in", size);
    }

    @Override
    public SharedRegion createOut(long size) throws LinkException {
        return SealedRegion.createForPeer("espalier-out", size);
    }

    @Override
    public ControlSocket.Listener listen() throws LinkException {
        return new LinuxControlSocket.Listener("espalier-" + UUID.randomUUID());
    }

    /// Nothing: all of it goes with the processes.
    @Override
    public void close() {}
}
