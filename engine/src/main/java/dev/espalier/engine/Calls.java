package dev.espalier.engine;

/// A request's way to the other models of the server. Safe for use by several threads.
public interface Calls {
    /// Where there is no server.
    Calls NONE =
            () -> {
                throw new EngineException("there is no server here whose models can be called");
            };

    /// Begins a call. The request must be open until it is over.
    ///
    /// @throws NoRoomException when there is no memory for it now
    /// @throws EngineException when there is nobody to call
    OutgoingCall begin() throws EngineException;
}
