package dev.espalier.server.ops;

import dev.espalier.link.ProbeEvent;
import dev.espalier.server.ops.ProbeFault.Phase;
import dev.espalier.tensor.OpReport;
import java.time.Duration;
import java.util.List;

/// How a probe went: what it told of the library, and how its process ended.
///
/// @param ending such as `was ended by SIGSEGV`; empty when it hung and was ended by us
/// @param limit how long it may be silent
/// @param lastWords the last line that it printed; empty for none
public record ProbeOutcome(
        List<ProbeEvent> events, String ending, Duration limit, String lastWords) {
    public ProbeOutcome {
        events = List.copyOf(events);
    }

    /// What this says of the library.
    ///
    /// @param engine name and version of the engine that it was tried with
    Inspection inspection(String engine) {
        if (events.isEmpty()) {
            return new ProbeFault.NotProbed(
                    ending.isEmpty() ? "did not start within " + seconds() : ending, lastWords);
        }
        return switch (events.getLast()) {
            case ProbeEvent.Finished(OpReport report) -> inspection(report, engine);
            // What a library does without the interface that it needs is of no interest.
            case ProbeEvent.AskedForNewer(int asked, int newest) ->
                    new ProbeFault.NewerApi(asked, newest, engine);
            case ProbeEvent.Begun _ -> end(Phase.OPENING);
            case ProbeEvent.Opened _ -> end(Phase.REGISTERING);
        };
    }

    private static Inspection inspection(OpReport report, String engine) {
        return switch (report) {
            case OpReport.Provides(var ops) ->
                    ops.isEmpty() ? new ProbeFault.NoOps() : new Inspection.Provides(ops);
            case OpReport.NotOpened(String reason) -> new ProbeFault.NotOpened(reason);
            case OpReport.Refused(String reason) -> new ProbeFault.Refused(reason);
            case OpReport.NewerApi(int asked, int newest) ->
                    new ProbeFault.NewerApi(asked, newest, engine);
        };
    }

    private Fault end(Phase phase) {
        return ending.isEmpty()
                ? new ProbeFault.Hung(limit, phase)
                : new ProbeFault.Died(ending, phase, lastWords);
    }

    private String seconds() {
        return limit.toSeconds() + " s";
    }
}
