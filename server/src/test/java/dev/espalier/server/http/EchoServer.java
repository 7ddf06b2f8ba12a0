package dev.espalier.server.http;

import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.config.HttpLimits;
import dev.espalier.server.config.HttpOptions;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.logging.LogSettings;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.scheduling.EchoWorker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// A whole server for HTTP over an [EchoBackend], with real sockets.
final class EchoServer implements AutoCloseable {
    static final int MOST_INPUT = 8 << 20;

    private final EchoBackend backend;
    private final HttpServer http;
    private final ManyAnswers many;

    /// A server whose worker runs whatever comes.
    static EchoServer running() throws IOException {
        return running(TlsOptions.NONE, AccessTokens.notRequired());
    }

    static EchoServer running(TlsOptions tls, AccessTokens tokens) throws IOException {
        return running(tls, tokens, ApiRestrictions.NONE, ClientRegions.off());
    }

    /// The same with tensors in these regions.
    static EchoServer running(ClientRegions regions) throws IOException {
        return running(TlsOptions.NONE, AccessTokens.notRequired(), ApiRestrictions.NONE, regions);
    }

    /// The same that asks for further headers.
    static EchoServer running(ApiRestrictions restrictions) throws IOException {
        return running(
                TlsOptions.NONE, AccessTokens.notRequired(), restrictions, ClientRegions.off());
    }

    private static EchoServer running(
            TlsOptions tls,
            AccessTokens tokens,
            ApiRestrictions restrictions,
            ClientRegions regions)
            throws IOException {
        EchoServer server = new EchoServer(new EchoBackend(regions), tls, tokens, restrictions);
        server.backend.worker().permit(1 << 20);
        return server;
    }

    /// A server whose worker waits until the test lets it run something.
    static EchoServer holding() throws IOException {
        return holding(ClientRegions.off());
    }

    static EchoServer holding(ClientRegions regions) throws IOException {
        return new EchoServer(
                new EchoBackend(regions),
                TlsOptions.NONE,
                AccessTokens.notRequired(),
                ApiRestrictions.NONE);
    }

    /// A server that traces requests.
    static EchoServer tracing(TraceOptions traces) throws IOException {
        EchoServer server =
                new EchoServer(
                        new EchoBackend(traces),
                        TlsOptions.NONE,
                        AccessTokens.notRequired(),
                        ApiRestrictions.NONE);
        server.backend.worker().permit(1 << 20);
        return server;
    }

    private EchoServer(
            EchoBackend backend, TlsOptions tls, AccessTokens tokens, ApiRestrictions restrictions)
            throws IOException {
        this.backend = backend;
        many = new ManyAnswers(backend.inferences());
        http =
                new HttpServer(
                        new HttpOptions(
                                true,
                                "127.0.0.1",
                                0,
                                false,
                                2,
                                MOST_INPUT,
                                tls,
                                HttpLimits.DEFAULT),
                        backend.loops().serving(),
                        backend.httpServices(many, tokens, restrictions));
    }

    /// What clients may change of the log.
    LogSettings log() {
        return backend.log();
    }

    /// Writes the traces that wait, and takes no more.
    void endTraces() {
        backend.tracing().close();
    }

    /// How many there were, by what has become of them.
    Map<String, Long> traces() {
        return backend.tracing().counts();
    }

    int port() {
        return http.port();
    }

    EchoWorker worker() {
        return backend.worker();
    }

    CopiedBytes copied() {
        return backend.copied();
    }

    ModelStatistics statistics(String model) {
        return backend.statistics(model);
    }

    /// How much of the heap its clients' requests have.
    long heapUsed() {
        return backend.heap().used();
    }

    /// What has several answers.
    ManyAnswers many() {
        return many;
    }

    ObservedInferences inferences() {
        return backend.inferences();
    }

    void fallIll() {
        backend.fallIll();
    }

    RawClient connect() throws IOException {
        return new RawClient(port());
    }

    /// Stops like a server that is told to.
    ///
    /// @return how many connections were cut off
    int drain(Duration patience) {
        return http.close(patience);
    }

    @Override
    public void close() {
        http.close(Duration.ZERO);
        backend.close();
    }
}
