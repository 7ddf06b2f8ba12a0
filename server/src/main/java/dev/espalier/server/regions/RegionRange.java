package dev.espalier.server.regions;

import dev.espalier.server.failure.ServingException;
import java.nio.ByteBuffer;

/// A part of a region, where a request has a tensor of its own.
///
/// @param offset where in the region it begins
/// @param byteSize how many bytes it has, all of which lay in the region when the request came
public record RegionRange(ClientRegion region, long offset, long byteSize) {
    /// Keeps the region open until [#letGo].
    ///
    /// @throws ServingException NOT_FOUND where it has been unregistered since the request came
    public void hold() throws ServingException {
        region.hold();
    }

    public void letGo() {
        region.letGo();
    }

    /// Fills `target`, which has room for all of it at most, from its begin on. Waits for the file: not for a loop.
    ///
    /// @throws ServingException INTERNAL where the client has taken the memory away
    public void read(ByteBuffer target) throws ServingException {
        region.read(target, offset);
    }

    /// Writes what `source` has left, which is no more than fits, to its begin. Waits for the file: not for a loop.
    ///
    /// @throws ServingException INTERNAL where the client has taken the memory away
    public void write(ByteBuffer source) throws ServingException {
        region.write(source, offset);
    }
}
