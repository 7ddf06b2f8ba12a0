package dev.espalier.server.workers;

import dev.espalier.link.ControlMessage;
import dev.espalier.link.LinkLayout;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The models in the care of one [WorkerHost], their numbers and lanes, and which of them the worker that
/// runs now has loaded.
///
/// Guarded by the host's lock.
final class HostedModels {
    private final Map<Integer, Hosted> models = new LinkedHashMap<>();

    /// Models that the worker has been told to unload, and whose lanes it may still look at.
    private final Map<Integer, Hosted> leaving = new HashMap<>();

    private final LaneNumbers lanes = new LaneNumbers();
    private int nextNumber;

    /// A model in the care of the host.
    static final class Hosted {
        private final int number;
        private final int firstLane;
        private final HostedModel model;
        private final List<Long> deaths = new ArrayList<>();
        private final Backoff reloads = new Backoff();
        private boolean everLoaded;

        /// Whether the worker has still to say what has become of it.
        private boolean expected = true;

        Hosted(int number, int firstLane, HostedModel model) {
            this.number = number;
            this.firstLane = firstLane;
            this.model = model;
        }

        int number() {
            return number;
        }

        int firstLane() {
            return firstLane;
        }

        HostedModel model() {
            return model;
        }

        /// What a worker is told so that it loads it.
        ControlMessage.Load load() {
            return new ControlMessage.Load(
                    number,
                    model.name(),
                    model.file().toString(),
                    model.opLibraries(),
                    model.parameters(),
                    model.declared(),
                    model.settings(),
                    firstLane,
                    model.instances());
        }

        /// Whether any worker has ever loaded it.
        boolean everLoaded() {
            return everLoaded;
        }

        /// How long to wait with its next load, where workers say that they cannot load it.
        Backoff reloads() {
            return reloads;
        }

        private boolean hasLane(int lane) {
            return lane >= firstLane && lane < firstLane + model.instances();
        }

        /// Counts a death that it has to do with.
        ///
        /// @return how many there were since `from`, on the same clock as `now`
        int countDeath(long now, long from) {
            deaths.removeIf(death -> death - from < 0);
            deaths.add(now);
            return deaths.size();
        }
    }

    boolean isEmpty() {
        return models.isEmpty();
    }

    /// The model of this number; null where it has been let go.
    @Nullable Hosted find(int number) {
        return models.get(number);
    }

    List<Hosted> all() {
        return List.copyOf(models.values());
    }

    /// Takes a model into care.
    ///
    /// @param worker what operators call the worker
    /// @throws ServingException UNAVAILABLE when a worker cannot have so many instances
    Hosted add(HostedModel model, String worker) throws ServingException {
        int firstLane = lanes.take(model.instances());
        if (firstLane < 0) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "worker %s has %d instances and no room for %d more (at most %d)"
                            .formatted(
                                    worker,
                                    lanes.count(),
                                    model.instances(),
                                    LinkLayout.MAX_LANES));
        }
        Hosted hosted = new Hosted(nextNumber++, firstLane, model);
        models.put(hosted.number, hosted);
        return hosted;
    }

    /// Lets a model go. Its lanes stay taken until [#unloaded], where a worker may still look at them.
    ///
    /// @return what it was; null where it was given up already
    @Nullable Hosted remove(HostedModel model, boolean worked) {
        for (Hosted hosted : models.values()) {
            if (hosted.model.equals(model)) {
                models.remove(hosted.number);
                if (worked) {
                    leaving.put(hosted.number, hosted);
                } else {
                    free(hosted);
                }
                return hosted;
            }
        }
        return null;
    }

    /// The worker no longer looks at the lanes of a model that was let go.
    void unloaded(int number) {
        Hosted hosted = leaving.remove(number);
        if (hosted != null) {
            free(hosted);
        }
    }

    /// A new worker has none of the models yet.
    void begin() {
        models.values().forEach(hosted -> hosted.expected = true);
    }

    /// The worker has loaded a model.
    ///
    /// @return the model; null where it has been let go meanwhile
    @Nullable Hosted loaded(int number) {
        Hosted hosted = models.get(number);
        if (hosted != null) {
            hosted.expected = false;
            hosted.everLoaded = true;
            long _ = hosted.reloads.next(true);
        }
        return hosted;
    }

    /// The worker cannot load a model.
    ///
    /// @return the model; null where it has been let go meanwhile
    @Nullable Hosted notLoaded(int number) {
        Hosted hosted = models.get(number);
        if (hosted != null) {
            hosted.expected = false;
        }
        return hosted;
    }

    /// The worker is going to try a model again. False where it has been let go meanwhile.
    boolean reload(Hosted hosted) {
        hosted.expected = models.containsValue(hosted);
        return hosted.expected;
    }

    /// Gives a model up.
    ///
    /// @return the model; null where it is not in care
    @Nullable Hosted drop(int number) {
        Hosted hosted = models.remove(number);
        if (hosted != null) {
            free(hosted);
        }
        return hosted;
    }

    /// The worker is dead: nobody looks at any lane.
    void buried() {
        leaving.values().forEach(this::free);
        leaving.clear();
    }

    /// Whether the worker has done with them all.
    boolean settled() {
        return models.values().stream().noneMatch(hosted -> hosted.expected);
    }

    /// The models that a death has to do with: those whose executions are blamed; else the one on whose thread
    /// it happened; else all.
    List<Hosted> suspects(Set<Integer> blamedLanes, int fatalLane) {
        List<Hosted> suspects = onLanes(blamedLanes);
        if (suspects.isEmpty()) {
            suspects = onLanes(Set.of(fatalLane));
        }
        return suspects.isEmpty() ? all() : suspects;
    }

    /// The models with instances on these lanes.
    private List<Hosted> onLanes(Set<Integer> wanted) {
        return models.values().stream()
                .filter(hosted -> wanted.stream().anyMatch(hosted::hasLane))
                .toList();
    }

    /// The file names of the op libraries.
    Set<String> opLibraries() {
        Set<String> names = new TreeSet<>();
        for (Hosted hosted : models.values()) {
            for (String library : hosted.model.opLibraries()) {
                names.add(Path.of(library).getFileName().toString());
            }
        }
        return names;
    }

    List<String> names() {
        return models.values().stream().map(hosted -> hosted.model.name()).toList();
    }

    private void free(Hosted hosted) {
        lanes.free(hosted.firstLane, hosted.model.instances());
    }
}
