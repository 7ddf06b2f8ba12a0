package dev.espalier.link;

/// How the two sides of a link wake each other. They are rung for sleepers only, once a sleep: under
/// load never.
public sealed interface Doorbells permits KernelDoorbells, ControlDoorbells {
    /// Wakes the instance that sleeps on a lane. For the server.
    void ringLane(int lane);

    /// Begins a sleep of the calling thread on its lane: whoever rings from now on ends it. For the
    /// worker, before it looks into the lane a last time.
    ///
    /// @return what [#sleep] wants to know
    int beginSleep(int lane);

    /// Sleeps until the lane is rung, or about a second; may end for no reason.
    ///
    /// @param begun what [#beginSleep] has said
    void sleep(int lane, int begun);

    /// Ends the sleep of a thread of this process on its lane; misses one that is just beginning. For the worker.
    void rouse(int lane);

    /// Wakes a loop. For the worker.
    void ringLoop(int loop);
}
