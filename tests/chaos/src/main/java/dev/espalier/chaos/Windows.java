package dev.espalier.chaos;

import java.util.EnumMap;
import java.util.Map;

/// The times in which a worker may fail: from the moment at which one of its ops is asked for a fault until it answers
/// rightly again. Any thread may ask.
final class Windows {
    private final Map<Model.OpSet, Moment> now = new EnumMap<>(Model.OpSet.class);

    /// A moment, as far as the windows of one op set are concerned.
    ///
    /// @param open how many windows are open
    /// @param opened how many have been opened so far
    record Moment(int open, int opened) {}

    synchronized void open(Model.OpSet opSet) {
        Moment moment = now(opSet);
        now.put(opSet, new Moment(moment.open() + 1, moment.opened() + 1));
    }

    synchronized void close(Model.OpSet opSet) {
        Moment moment = now(opSet);
        now.put(opSet, new Moment(moment.open() - 1, moment.opened()));
    }

    synchronized Moment now(Model.OpSet opSet) {
        return now.getOrDefault(opSet, new Moment(0, 0));
    }

    /// Whether a window was open at `begin`, or has been since.
    synchronized boolean touched(Model.OpSet opSet, Moment begin) {
        return begin.open() > 0 || now(opSet).opened() > begin.opened();
    }
}
