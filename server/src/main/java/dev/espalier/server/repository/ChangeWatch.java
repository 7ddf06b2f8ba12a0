package dev.espalier.server.repository;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds out from looks at the models' files, one after the other, which models have changed. A change
/// counts when two looks running have seen the same: what is still being written is left alone.
final class ChangeWatch {
    private final Map<String, FileStamps> unsettled = new HashMap<>();

    /// Takes another look.
    ///
    /// @param known how each model's files were when they were read last
    /// @param seen how they are now; a model that is not there has none
    /// @return models that have changed since they were read, are new or are gone, and look settled
    List<String> changed(Map<String, FileStamps> known, Map<String, FileStamps> seen) {
        unsettled.keySet().removeIf(name -> !known.containsKey(name) && !seen.containsKey(name));
        List<String> changed = new ArrayList<>();
        seen.forEach((name, stamps) -> look(name, known.get(name), stamps, changed));
        known.forEach((name, stamps) -> {
            if (!seen.containsKey(name)) {
                look(name, stamps, FileStamps.NONE, changed);
            }
        });
        changed.sort(null);
        return changed;
    }

    private void look(
            String name, @Nullable FileStamps known, FileStamps now, List<String> changed) {
        if (now.equals(known)) {
            unsettled.remove(name);
        } else if (now.equals(unsettled.put(name, now))) {
            unsettled.remove(name);
            changed.add(name);
        }
    }
}
