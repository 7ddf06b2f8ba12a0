package dev.espalier.chaos;

import java.io.IOException;

/// A server that has just started, and those who ask it and keep the books about it.
final class Trial implements AutoCloseable {
    static final int SMALL = 16;
    static final long PATIENCE_SECONDS = 60;

    /// What the load sends, where it is not meant to be light.
    static final int PER_SECOND = 250;

    /// Of what the load sends, what it must have sent: on a busy machine it may come late.
    private static final double LEAST = 0.8;

    private final DistServer server;
    private final Engine engine;
    private final Report report;
    private final Windows windows = new Windows();
    private final Ledger ledger = new Ledger(windows);
    private final Client client;

    Trial(DistServer server, Engine engine, Report report) {
        this.server = server;
        this.engine = engine;
        this.report = report;
        this.client = new Client(server, ledger);
        for (Model model : Model.values()) {
            Client.Judged judged = client.askNow(model, SMALL, null, PATIENCE_SECONDS);
            report.check(
                    model.label() + " answers before anything happens",
                    judged.verdict() == Ledger.Verdict.RIGHT);
        }
    }

    DistServer server() {
        return server;
    }

    Engine engine() {
        return engine;
    }

    Report report() {
        return report;
    }

    Windows windows() {
        return windows;
    }

    Client client() {
        return client;
    }

    Workers workers() {
        return new Workers(client.http());
    }

    /// What happens to a server that is asked all the time.
    @FunctionalInterface
    interface Happening {
        void happen() throws IOException;
    }

    /// Lets something happen under a steady load on all models, and compares the books afterwards.
    ///
    /// @return how many requests a second there were
    double underLoad(Happening happening) throws IOException {
        return underLoad(PER_SECOND, happening);
    }

    /// Lets something happen under so many requests a second.
    ///
    /// @return how many there were
    double underLoad(int perSecond, Happening happening) throws IOException {
        double least = LEAST * perSecond;
        Load load = new Load(client, perSecond);
        try (load) {
            happening.happen();
        }
        new Books(ledger, windows, client.http()).settle(report);
        report.check("the server lives", server.isAlive());
        report.check(
                "%.0f requests/s are %.0f or more".formatted(load.rate(), least),
                load.rate() >= least);
        return load.rate();
    }

    /// Asks a model until it answers rightly.
    ///
    /// @throws IOException when it does not
    void awaitRight(Model model) throws IOException {
        Deadline deadline = new Deadline(PATIENCE_SECONDS);
        Client.Judged judged;
        do {
            judged = client.askNow(model, SMALL, null, PATIENCE_SECONDS);
        } while (judged.verdict() != Ledger.Verdict.RIGHT && !deadline.isOver());
        if (judged.verdict() != Ledger.Verdict.RIGHT) {
            throw new IOException(model.label() + " did not come back: " + judged.answer());
        }
    }

    /// Waits until more workers of an op set have died than before.
    void awaitDeath(Model.OpSet opSet, long before) throws IOException {
        Deadline deadline = new Deadline(PATIENCE_SECONDS);
        while (workers().of(opSet).deaths() == before) {
            if (deadline.isOver()) {
                throw new IOException("no worker of %s has died".formatted(opSet));
            }
            Pause.millis(5);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
