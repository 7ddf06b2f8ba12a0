package dev.espalier.server.scheduling;

import dev.espalier.link.LinkLayout;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.memory.FairShare;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A line in which neighbours run together (dynamic batching).
///
/// 1. A request takes the next rows of the open strip; where it does not fit, a new strip is opened.
/// 2. What can run is a row of neighbours that are all complete, from the oldest strip on.
/// 3. It runs when it is as large as it can become, when it has reached a preferred size, or when its
///    first request has waited long enough.
final class BatchLine implements Line {
    /// Rows of a strip for small requests, in batches: several batches can follow each other without a
    /// new block.
    private static final int BATCHES_PER_STRIP = 4;

    private static final long LARGE_BATCH = 1 << 20;

    private final InputMemory memory;
    private final FairShare share;
    private final SchedulingPolicy policy;
    private final List<Strip> strips = new ArrayList<>();
    private @Nullable Strip open;
    private long nextDue = Long.MAX_VALUE;

    BatchLine(InputMemory memory, FairShare share, SchedulingPolicy policy) {
        this.memory = memory;
        this.share = share;
        this.policy = policy;
    }

    @Override
    public boolean join(Member member) {
        return open != null && open.take(member);
    }

    /// Addresses for whole batches, as far as the budget could ever fill them. They cost nothing; what is not joined
    /// by anybody has no pages.
    @Override
    public Strip stripFor(Member member) {
        Placement placement = member.placement();
        long rowBytes = 0;
        for (long size : placement.byteSizes()) {
            rowBytes += size / placement.rows();
        }
        long batchBytes = rowBytes * policy.maxBatchSize();
        int batches = batchBytes > LARGE_BATCH ? 1 : BATCHES_PER_STRIP;
        long most = memory.budget().limit() / Math.max(1, rowBytes);
        int capacity = (int) Math.min((long) batches * policy.maxBatchSize(), most);
        return new Strip(memory, share, placement, capacity);
    }

    @Override
    public void add(Strip strip, Member member) {
        boolean _ = strip.take(member);
        if (open != null) {
            open.close();
        }
        open = strip;
        strips.add(strip);
    }

    @Override
    public void ready(Member member) {
        // It is in its strip already; its state says the rest.
    }

    @Override
    public List<Member> next(long now) {
        nextDue = Long.MAX_VALUE;
        for (Strip strip : strips) {
            List<Member> batch = next(strip, now);
            if (!batch.isEmpty()) {
                return batch;
            }
        }
        return List.of();
    }

    private List<Member> next(Strip strip, long now) {
        List<Member> members = strip.members();
        int first = 0;
        while (first < members.size()) {
            if (members.get(first).state != Member.State.WAITING) {
                first++;
                continue;
            }
            int end = first;
            int rows = 0;
            boolean full = false;
            while (end < members.size() && members.get(end).state == Member.State.WAITING) {
                if (end > first && (members.get(first).alone || members.get(end).alone)) {
                    full = true;
                    break;
                }
                int more = rows + members.get(end).placement().rows();
                if (more > policy.maxBatchSize() || end - first == LinkLayout.MAX_MEMBERS) {
                    full = true;
                    break;
                }
                rows = more;
                end++;
            }
            boolean canGrow = !full && !members.get(first).alone && canGrow(strip, end, rows);
            int take = due(members, first, end, rows, canGrow, now);
            if (take > 0) {
                return List.copyOf(members.subList(first, first + take));
            }
            first = end;
        }
        return List.of();
    }

    /// Whether requests may yet come that continue the row which ends before `end`.
    private boolean canGrow(Strip strip, int end, int rows) {
        if (rows >= policy.maxBatchSize()) {
            return false;
        }
        return end < strip.members().size()
                ? strip.members().get(end).state == Member.State.UPLOADING
                : strip.freeRows() > 0;
    }

    /// How many of the members from `first` to `end` shall run now.
    private int due(List<Member> members, int first, int end, int rows, boolean canGrow, long now) {
        if (!canGrow || policy.maxQueueDelayNanos() == 0) {
            return end - first;
        }
        int preferred = 0;
        for (int size : policy.preferredBatchSizes()) {
            preferred = size <= rows ? size : preferred;
        }
        int taken = 0;
        for (int i = first; i < end && preferred > 0; i++) {
            taken += members.get(i).placement().rows();
            if (taken == preferred) {
                return i + 1 - first;
            }
        }
        long dueAt = members.get(first).waitingSince + policy.maxQueueDelayNanos();
        if (now - dueAt >= 0) {
            return end - first;
        }
        nextDue = Math.min(nextDue, dueAt);
        return 0;
    }

    @Override
    public void taken(List<Member> batch) {
        Strip strip = batch.getFirst().strip;
        if (strip != null && strip == open && strip.freeRows() < policy.maxBatchSize()) {
            strip.close();
            open = null;
        }
    }

    @Override
    public void putBack(List<Member> batch) {
        // They are in their strip still; their state says that they wait.
    }

    @Override
    public List<Member> members() {
        return strips.stream().flatMap(strip -> strip.members().stream()).toList();
    }

    @Override
    public long nextDue() {
        return nextDue;
    }

    @Override
    public void leave(Member member) {
        Strip strip = member.strip;
        if (strip == null) {
            return;
        }
        strip.leave();
        if (strip.isEmpty()) {
            strips.remove(strip);
            if (strip == open) {
                open = null;
            }
        }
    }
}
