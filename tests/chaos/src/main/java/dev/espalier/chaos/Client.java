package dev.espalier.chaos;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Asks a server over both protocols in turn, and keeps the ledger about it.
final class Client implements AutoCloseable {
    private final Ledger ledger;
    private final HttpProtocol http;
    private final GrpcProtocol grpc;
    private final AtomicLong numbers = new AtomicLong();

    Client(DistServer server, Ledger ledger) {
        this.ledger = ledger;
        this.http = new HttpProtocol(server.httpPort());
        this.grpc = new GrpcProtocol(server.grpcPort());
    }

    /// What the ledger says of an answer, and the answer.
    record Judged(Answer answer, Ledger.Verdict verdict) {}

    CompletableFuture<Judged> ask(Model model, int length, @Nullable Fault fault) {
        long number = numbers.incrementAndGet();
        Ask ask = new Ask(number, model, length, fault);
        ledger.sent(ask);
        Protocol protocol = number % 2 == 0 ? grpc : http;
        return protocol.ask(ask)
                .thenApply(answer -> new Judged(answer, ledger.answered(ask, answer)));
    }

    /// Asks and waits.
    Judged askNow(Model model, int length, @Nullable Fault fault, long seconds) {
        try {
            return ask(model, length, fault).get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            return new Judged(
                    new Answer.Broken("none within %d s".formatted(seconds)), Ledger.Verdict.WRONG);
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(failure);
        }
    }

    HttpProtocol http() {
        return http;
    }

    @Override
    public void close() {
        http.close();
        grpc.close();
    }
}
