package dev.espalier.server.http;

import dev.espalier.link.LinkLayout;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.HttpOptions;
import dev.espalier.server.config.TlsOptions;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.execution.LinkedLoops;
import dev.espalier.server.execution.LinkedWorker;
import dev.espalier.server.health.Health;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.inference.InferenceService;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.metrics.ModelStatistics;
import dev.espalier.server.repository.ConfigJson;
import dev.espalier.server.scheduling.EchoWorker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// A whole server for HTTP whose worker is an [EchoWorker]: real sockets, event loops, scheduling and
/// shared memory, and [EchoModels].
final class EchoServer implements AutoCloseable {
    static final int MOST_INPUT = 8 << 20;

    private static final long MEMORY = LinkLayout.BLOCKS + (64L << 20);

    private final LinkedLoops loops;
    private final EchoModels models;
    private final EchoWorker worker;
    private final ObservedInferences inferences;
    private final HttpServer http;
    private final CopiedBytes copied = new CopiedBytes();
    private volatile boolean well = true;

    /// A server whose worker runs whatever comes.
    static EchoServer running() throws IOException {
        return running(TlsOptions.NONE, AccessTokens.notRequired());
    }

    static EchoServer running(TlsOptions tls, AccessTokens tokens) throws IOException {
        EchoServer server = new EchoServer(tls, tokens);
        server.worker.permit(1 << 20);
        return server;
    }

    /// A server whose worker waits until the test lets it run something.
    static EchoServer holding() throws IOException {
        return new EchoServer(TlsOptions.NONE, AccessTokens.notRequired());
    }

    private EchoServer(TlsOptions tls, AccessTokens tokens) throws IOException {
        loops = new LinkedLoops(2);
        InputMemory memory = new InputMemory(MEMORY);
        models = new EchoModels(memory, loops);
        LinkedWorker link = new LinkedWorker("echo", loops, memory);
        worker = new EchoWorker(link, models.count());
        models.attach(link);
        inferences = new ObservedInferences(new InferenceService(models, loops));
        http =
                new HttpServer(
                        new HttpOptions(true, "127.0.0.1", 0, false, 2, MOST_INPUT, tls),
                        loops.group(),
                        new HttpServices(
                                inferences,
                                models,
                                models,
                                new ServerInfo("echo", "1.0", List.of("binary_tensor_data")),
                                new Health() {
                                    @Override
                                    public boolean live() {
                                        return true;
                                    }

                                    @Override
                                    public boolean ready() {
                                        return well;
                                    }
                                },
                                tokens,
                                copied,
                                ConfigJson::of));
    }

    int port() {
        return http.port();
    }

    EchoWorker worker() {
        return worker;
    }

    CopiedBytes copied() {
        return copied;
    }

    ModelStatistics statistics(String model) {
        return models.statistics(model);
    }

    ObservedInferences inferences() {
        return inferences;
    }

    void fallIll() {
        well = false;
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
        worker.stop();
        loops.close();
    }
}
