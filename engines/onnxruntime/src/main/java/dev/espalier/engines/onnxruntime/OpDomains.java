package dev.espalier.engines.onnxruntime;

import dev.espalier.engine.EngineException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The ops of one session, from all of its op libraries: one domain of each name. Where two libraries have
/// an op of one name, that of the first counts, so libraries come nearest first.
final class OpDomains implements AutoCloseable {
    private final OrtApi api;
    private final Map<String, Map<String, List<Long>>> opsByDomain = new LinkedHashMap<>();
    private final List<Long> made = new ArrayList<>();

    OpDomains(OrtApi api) {
        this.api = api;
    }

    /// Adds what a library has registered. It may have several ops of one name, for other types or versions.
    void add(List<OpRegistrar.Domain> domains) {
        Map<String, Set<String>> taken = new LinkedHashMap<>();
        opsByDomain.forEach((domain, ops) -> taken.put(domain, new HashSet<>(ops.keySet())));
        for (OpRegistrar.Domain domain : domains) {
            Map<String, List<Long>> ops =
                    opsByDomain.computeIfAbsent(domain.name(), _ -> new LinkedHashMap<>());
            for (long op : domain.ops()) {
                String name = new CustomOp(op).name();
                if (!taken.getOrDefault(domain.name(), Set.of()).contains(name)) {
                    ops.computeIfAbsent(name, _ -> new ArrayList<>()).add(op);
                }
            }
        }
    }

    /// Gives the ops to a session's options.
    void addTo(long options) throws EngineException {
        try (Arena arena = Arena.ofConfined()) {
            Out out = new Out(arena);
            for (var domain : opsByDomain.entrySet()) {
                String doing = "adding the ops of domain " + domain.getKey();
                api.check(
                        api.call(
                                OrtFunction.CREATE_OP_DOMAIN,
                                arena.allocateFrom(domain.getKey()).address(),
                                out.address()),
                        doing);
                long address = out.value();
                made.add(address);
                for (List<Long> ops : domain.getValue().values()) {
                    for (long op : ops) {
                        api.check(api.call(OrtFunction.ADD_OP, address, op), doing);
                    }
                }
                api.check(api.call(OrtFunction.ADD_OP_DOMAIN, options, address), doing);
            }
        }
    }

    /// Releases the domains; sessions that have them must be closed before.
    @Override
    public void close() {
        made.forEach(domain -> api.release(OrtFunction.RELEASE_OP_DOMAIN, domain));
        made.clear();
    }
}
