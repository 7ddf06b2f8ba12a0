package dev.espalier.server.repository;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.metrics.StatisticsSnapshot;
import java.util.List;

/// The models in service, as the protocols see them. Safe for use by several threads.
public interface ModelCatalog {
    /// The version of a model that answers requests.
    ///
    /// @param version a decimal number, or empty for the highest version that is ready
    /// @throws ServingException NOT_FOUND where there is no such model or version, UNAVAILABLE where
    ///     the version is not ready
    ModelVersion ready(String name, String version) throws ServingException;

    /// Whether [#ready] would find a version, told without an exception.
    boolean isReady(String name, String version);

    /// Whether [#ready] would find a version whose requests may have any number of answers.
    default boolean isDecoupled(String name, String version) {
        try {
            return ready(name, version).config().getModelTransactionPolicy().getDecoupled();
        } catch (ServingException _) {
            return false;
        }
    }

    /// Statistics of the versions that are in service; of all models when `name` is empty, of all
    /// versions when `version` is empty.
    ///
    /// @throws ServingException INVALID_ARGUMENT where there is no such model or version
    List<StatisticsSnapshot> statistics(String name, String version) throws ServingException;

    /// What of configurations has no effect; of all models when `name` is empty.
    ///
    /// @throws ServingException NOT_FOUND where there is no such model
    List<ModelNotes> notes(String name) throws ServingException;

    /// What of a model's configuration has no effect.
    ///
    /// @param notes a sentence each, with the reason
    record ModelNotes(String name, List<String> notes) {}

    /// Every model known, with its state.
    List<IndexEntry> index();

    /// One line of the repository's index.
    ///
    /// @param version empty for a model that never got as far as a version
    /// @param reason why it is in that state; empty for none
    record IndexEntry(String name, String version, ModelState state, String reason) {
        /// Whether the state is told: as with Triton, a model without a version has none, but for one whose files are
        /// being read for the first time.
        public boolean hasState() {
            return !version.isEmpty() || state == ModelState.LOADING;
        }
    }
}
