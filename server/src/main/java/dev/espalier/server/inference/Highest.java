package dev.espalier.server.inference;

/// The places of the highest of many values, in memory and time that grow with how many are wanted.
final class Highest {
    private final long[] values;

    /// A heap: the lowest of those that are kept comes first.
    private final int[] kept;

    private int count;

    private Highest(long[] values, int wanted) {
        this.values = values;
        this.kept = new int[wanted];
    }

    /// The places of the `wanted` highest, highest first; equal values in the order of their places.
    static int[] of(long[] values, int wanted) {
        Highest highest = new Highest(values, Math.min(wanted, values.length));
        for (int place = 0; place < values.length; place++) {
            highest.offer(place);
        }
        return highest.sorted();
    }

    private void offer(int place) {
        if (count < kept.length) {
            kept[count] = place;
            up(count++);
        } else if (count > 0 && isLower(kept[0], place)) {
            kept[0] = place;
            down(0);
        }
    }

    /// Whether the value at `a` is listed behind that at `b`.
    private boolean isLower(int a, int b) {
        int order = Long.compare(values[a], values[b]);
        return order < 0 || order == 0 && a > b;
    }

    private void up(int from) {
        int at = from;
        while (at > 0 && isLower(kept[at], kept[(at - 1) / 2])) {
            swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void down(int from) {
        int at = from;
        while (2 * at + 1 < count) {
            int child = 2 * at + 1;
            if (child + 1 < count && isLower(kept[child + 1], kept[child])) {
                child++;
            }
            if (!isLower(kept[child], kept[at])) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        int place = kept[a];
        kept[a] = kept[b];
        kept[b] = place;
    }

    private int[] sorted() {
        while (count > 1) {
            count--;
            swap(0, count);
            down(0);
        }
        return kept;
    }
}
