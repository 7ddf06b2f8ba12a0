package dev.espalier.server.repository;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.failure.ServingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which models may call which, of all that serve or are being loaded. There is no circle in it: models that call each
/// other would wait for each other for ever, once each has a request in all its instances.
///
/// Models are loaded beside each other, so each says what it calls before its load begins, and whoever closes a circle is
/// refused. Safe for use by several threads.
final class CallGraph {
    /// By the names of callers. A model has one for each version, and for those that are to take their place.
    @GuardedBy("this")
    private final Map<String, List<Declaration>> declared = new HashMap<>();

    /// What a version of a model may call, from before its load until it takes no more requests.
    final class Declaration implements AutoCloseable {
        private final String caller;
        private final Set<String> called;

        private Declaration(String caller, Set<String> called) {
            this.caller = caller;
            this.called = called;
        }

        /// The models that it may call. They need not be there.
        Set<String> called() {
            return called;
        }

        /// Takes it back, where that has not been done.
        @Override
        public void close() {
            takeBack(this);
        }
    }

    /// Adds what a version of a model may call.
    ///
    /// @throws ServingException when that leads back to the model, whose message names the circle, or cannot be read; then
    ///     nothing has changed
    synchronized Declaration declare(ModelConfig config) throws ServingException {
        Declaration added = new Declaration(config.getName(), CalledModels.of(config));
        List<String> way = new ArrayList<>(List.of(added.caller));
        if (leadsBack(added.caller, added.called, way, new HashSet<>())) {
            throw CalledModels.wrong(
                    config, "no circle, which is here: " + String.join(" calls ", way));
        }
        if (!added.called.isEmpty()) {
            declared.computeIfAbsent(added.caller, _ -> new ArrayList<>()).add(added);
        }
        return added;
    }

    /// @param way what has led here; to `to` where it is true
    @GuardedBy("this")
    private boolean leadsBack(String to, Set<String> calls, List<String> way, Set<String> seen) {
        for (String next : calls) {
            way.add(next);
            if (next.equals(to) || seen.add(next) && leadsBack(to, called(next), way, seen)) {
                return true;
            }
            way.removeLast();
        }
        return false;
    }

    @GuardedBy("this")
    private Set<String> called(String caller) {
        Set<String> called = new HashSet<>();
        declared.getOrDefault(caller, List.of()).forEach(each -> called.addAll(each.called));
        return called;
    }

    private synchronized void takeBack(Declaration declaration) {
        List<Declaration> known = declared.get(declaration.caller);
        if (known != null && known.remove(declaration) && known.isEmpty()) {
            List<Declaration> _ = declared.remove(declaration.caller);
        }
    }
}
