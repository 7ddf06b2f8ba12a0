package dev.espalier.link;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A segment that was gone before this process came to map it: nothing lies in there.
record DroppedRegion(Path path) implements SharedRegion {
    @Override
    public void reserve(long offset, long length) throws LinkException {
        throw new LinkException(path + " has been dropped");
    }

    @Override
    public void discard(long offset, long length) {}

    @Override
    public boolean isOpen() {
        return false;
    }

    @Override
    public MemorySegment memory() {
        return MemorySegment.NULL;
    }

    @Override
    public Handle handle() {
        return new Handle.File(path);
    }

    @Override
    public void close() {}
}
