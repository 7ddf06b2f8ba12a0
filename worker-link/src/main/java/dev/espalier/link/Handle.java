package dev.espalier.link;

import java.nio.file.Path;

/// What one side of a link hands to the other through the [ControlSocket].
public sealed interface Handle {
    /// Maps the memory that this is the handle of.
    ///
    /// @throws LinkException when this is no memory, or it cannot be had so
    SharedRegion attach(long size, boolean writable) throws LinkException;

    /// Maps a segment of IN, for reading. One that the server has dropped before it came to that is empty;
    /// its [ControlMessage.DropSegment] is on the way.
    SharedRegion attachSegment(long size) throws LinkException;

    /// A descriptor of the kernel's, of which the receiver gets a copy.
    record Descriptor(int number) implements Handle {
        @Override
        public SharedRegion attach(long size, boolean writable) throws LinkException {
            return SealedRegion.attach(number, size, writable);
        }

        @Override
        public SharedRegion attachSegment(long size) throws LinkException {
            return attach(size, false);
        }
    }

    /// A file that both sides can open.
    record File(Path path) implements Handle {
        @Override
        public SharedRegion attach(long size, boolean writable) throws LinkException {
            return FileRegion.attach(path, size, writable);
        }

        @Override
        public SharedRegion attachSegment(long size) throws LinkException {
            return FileRegion.attachSegment(path, size);
        }
    }
}
