package dev.espalier.server.workers;

import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.workers.HostedModels.Hosted;
import java.util.function.Consumer;

/// Tells models what becomes of them. What goes wrong there is that model's affair: its worker and the other models in
/// it go on.
record ObserverCalls(InternalErrors errors) {
    /// Tells one model.
    ///
    /// @return what has gone wrong; empty for nothing
    String tell(Hosted hosted, Consumer<HostedModel.Observer> news) {
        try {
            news.accept(hosted.model().observer());
            return "";
        } catch (RuntimeException | Error failure) {
            errors.report("model", "model '" + hosted.model().name() + "'", failure);
            return "the server failed: " + failure;
        }
    }

    /// Tells several models the same.
    void tell(Iterable<Hosted> all, Consumer<HostedModel.Observer> news) {
        for (Hosted hosted : all) {
            String _ = tell(hosted, news);
        }
    }
}
