package dev.espalier.chaos;

import java.util.concurrent.CompletableFuture;

/// One way to ask a server. Whatever happens, the future completes with an [Answer], once.
interface Protocol extends AutoCloseable {
    CompletableFuture<Answer> ask(Ask ask);

    @Override
    void close();
}
