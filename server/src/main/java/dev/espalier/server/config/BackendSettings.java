package dev.espalier.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads the values of `--backend-config`.
///
/// @param engines those that there are
/// @param notices takes what is to be said of settings that have no effect
record BackendSettings(List<String> values, List<KnownEngine> engines, List<String> notices) {
    static final String MAX_BATCH_SIZE = "default-max-batch-size";

    private static final String NAME = "backend-config";
    private static final String FORM = "<backend>,<name>=<value> or default-max-batch-size=<n>";
    private static final int DEFAULT_MAX_BATCH_SIZE = 4;

    BackendOptions read() throws UsageException {
        int maxBatchSize = DEFAULT_MAX_BATCH_SIZE;
        Map<String, Map<String, String>> settings = new TreeMap<>();
        for (String value : values) {
            int equals = value.indexOf('=');
            int comma = value.indexOf(',');
            if (equals < 1 || comma == 0 || comma == equals - 1) {
                throw UsageException.bad(NAME, value, form());
            }
            // A comma behind the equals sign belongs to the value.
            String name = value.substring(comma < equals ? comma + 1 : 0, equals);
            String setting = value.substring(equals + 1);
            int size = name.equals(MAX_BATCH_SIZE) ? batchSize(value, setting) : 0;
            if (comma > 0 && comma < equals) {
                tellIfUnknown(value.substring(0, comma), name);
                settings.computeIfAbsent(value.substring(0, comma), _ -> new TreeMap<>())
                        .put(name, setting);
            } else if (name.equals(MAX_BATCH_SIZE)) {
                maxBatchSize = size;
            } else {
                throw UsageException.bad(NAME, value, form());
            }
        }
        settings.replaceAll((_, named) -> Map.copyOf(named));
        return new BackendOptions(maxBatchSize, settings);
    }

    /// Triton hands each setting to its backend, which ignores what it does not know.
    private void tellIfUnknown(String backend, String name) {
        List<String> backends = engines.stream().map(KnownEngine::name).toList();
        if (!backends.contains(backend)) {
            tell(
                    backend,
                    name,
                    "there is no backend '%s'%s".formatted(backend, hint(backend, backends)));
            return;
        }
        List<String> known = new ArrayList<>(List.of(MAX_BATCH_SIZE));
        for (KnownEngine engine : engines) {
            if (engine.name().equals(backend)) {
                known.addAll(engine.librarySettings());
            }
        }
        if (!known.contains(name)) {
            tell(backend, name, "the backend has no such setting" + hint(name, known));
        }
    }

    private void tell(String backend, String name, String why) {
        notices.add("--%s=%s,%s has no effect: %s".formatted(NAME, backend, name, why));
    }

    private static String hint(String typed, List<String> known) {
        String nearest = new Nearest(known).to(typed);
        return nearest.isEmpty() ? "" : " (did you mean '%s'?)".formatted(nearest);
    }

    private String form() {
        return engines.stream()
                .flatMap(engine ->
                        engine.librarySettings().stream()
                                .map(name -> "%s,%s=a.so;b.so".formatted(engine.name(), name)))
                .findFirst()
                .map(example -> FORM + ", such as " + example)
                .orElse(FORM);
    }

    private static int batchSize(String whole, String value) throws UsageException {
        try {
            int size = Integer.parseInt(value);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw UsageException.bad(NAME, whole, "default-max-batch-size=<n>, n 0 or more");
        }
        throw UsageException.bad(NAME, whole, "default-max-batch-size=<n>, n 0 or more");
    }
}
