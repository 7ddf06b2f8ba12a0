package dev.espalier.server.scheduling;

import java.util.List;

/// The requests of one model that wait, in the order in which they will run. Guarded by the scheduler's
/// lock.
sealed interface Line permits SingleLine, BatchLine {
    /// Gives a new request a place beside others, where there is one.
    ///
    /// @return whether it has one
    boolean join(Member member);

    /// A strip for a request, and for some that may follow; it lies nowhere yet. Needs no lock.
    Strip stripFor(Member member);

    /// Gives a new request its place in a new strip.
    void add(Strip strip, Member member);

    /// The request's bytes are complete: it may run.
    void ready(Member member);

    /// The requests that shall run next, as one execution. They lie side by side.
    ///
    /// @return the requests, still in line; none when nothing is due
    List<Member> next(long now);

    /// An instance gets the requests that [#next] has just named.
    void taken(List<Member> batch);

    /// Puts requests back that an instance had got and did not run to the end, before all that came later.
    void putBack(List<Member> batch);

    /// Every request in line, complete or not.
    List<Member> members();

    /// The moment when something becomes due just by waiting, or Long.MAX_VALUE.
    long nextDue();

    /// The request will not run, or has run: its place is free.
    void leave(Member member);
}
