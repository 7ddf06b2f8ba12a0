package dev.espalier.chaos;

import java.io.IOException;
import java.util.List;

/// A worker that may have 4 GB of addresses, and an op that allocates until it is refused, and goes on trying.
record AddressSpace() implements Scenario {
    @Override
    public String name() {
        return "addresses";
    }

    /// Without a limit by the server's watch, and with a link that fits into the addresses.
    @Override
    public List<String> flags() {
        return List.of(
                "--quarantine-after=0",
                "--worker-memory-mb=0",
                "--worker-address-space-mb=4096",
                "--request-memory-mb=256");
    }

    @Override
    public void run(Trial trial) throws IOException {
        Tally tally = new Tally();
        trial.underLoad(() ->
                new Inflicter(trial, tally, Model.OpSet.STALLS, false)
                        .inflict(Model.STALLS, Fault.ALLOCATION));
        tally.unexpected().forEach(trial.report()::say);
        trial.report()
                .check(
                        "an op that is refused memory costs its worker",
                        tally.unexpected().isEmpty());
    }
}
