package dev.espalier.server.work;

import dev.espalier.server.failure.ServingException;

/// Something that is done beside an event loop.
public interface Work<T> {
    T run() throws ServingException, InterruptedException;
}
