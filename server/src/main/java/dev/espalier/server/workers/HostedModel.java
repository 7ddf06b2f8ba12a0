package dev.espalier.server.workers;

import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A model version in the care of a [WorkerHost], which loads it into every worker that it starts.
///
/// @param file what the engine loads
/// @param opLibraries paths of the op libraries that it runs with
/// @param parameters the engine's options
/// @param declared the inputs and outputs that its configuration names, as the engine sees them
/// @param settings what else that says
/// @param instances how many instances run side by side
public record HostedModel(
        String name,
        Path file,
        List<String> opLibraries,
        Map<String, String> parameters,
        Signature declared,
        ModelSettings settings,
        int instances,
        Observer observer) {

    /// Who wants to know what becomes of the model. Called on the host's thread.
    public interface Observer {
        /// A worker has loaded it; its instances wait on lanes `firstLane` and following.
        void loaded(LinkedWorker worker, int firstLane, Signature signature);

        /// The worker is gone. Another one is being started.
        void lost(LinkedWorker worker);

        /// How that worker died, in words.
        void died(String death);

        /// Several workers in a row have not got as far as serving it. Others will be tried, less and less
        /// often; requests had better not wait for them.
        void unserved(String reason);

        /// It is given up, and why.
        void failed(String reason);

        /// It is given up because too many workers have died of it. It is to be had again: requests are told so.
        void quarantined(String reason);
    }
}
