package dev.espalier.engine;

/// What an [Execution] has of its worker. Used by the instance's thread, but for what is told.
public interface Surroundings extends OutputMemory {
    /// Whether nobody waits for the execution any more. By any thread.
    boolean isCancelled();

    /// The way to other models, of an execution of one request. By any thread.
    Calls calls();

    /// Of an execution that no worker has begun.
    static Surroundings of(OutputMemory memory) {
        return new Surroundings() {
            @Override
            public long reserve(long byteSize) throws EngineException {
                return memory.reserve(byteSize);
            }

            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public Calls calls() {
                return Calls.NONE;
            }
        };
    }
}
