package dev.espalier.server.scheduling;

import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.memory.FairShare;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A line in which each request runs by itself, first come, first served.
final class SingleLine implements Line {
    private final InputMemory memory;
    private final FairShare share;
    private final Deque<Member> waiting = new ArrayDeque<>();

    SingleLine(InputMemory memory, FairShare share) {
        this.memory = memory;
        this.share = share;
    }

    @Override
    public boolean join(Member member) {
        return false;
    }

    @Override
    public Strip stripFor(Member member) {
        return new Strip(memory, share, member.placement(), 0);
    }

    @Override
    public void add(Strip strip, Member member) {
        boolean _ = strip.take(member);
    }

    @Override
    public void ready(Member member) {
        waiting.add(member);
    }

    @Override
    public List<Member> next(long now) {
        while (true) {
            Member member = waiting.peek();
            if (member == null) {
                return List.of();
            }
            if (member.state == Member.State.WAITING) {
                return List.of(member);
            }
            waiting.remove();
        }
    }

    @Override
    public void taken(List<Member> batch) {
        waiting.remove();
    }

    @Override
    public void putBack(List<Member> batch) {
        batch.reversed().forEach(waiting::addFirst);
    }

    @Override
    public List<Member> members() {
        return List.copyOf(waiting);
    }

    @Override
    public long nextDue() {
        return Long.MAX_VALUE;
    }

    @Override
    public void leave(Member member) {
        Strip strip = member.strip;
        if (strip != null) {
            strip.leave();
        }
    }
}
