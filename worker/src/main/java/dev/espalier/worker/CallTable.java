package dev.espalier.worker;

import dev.espalier.link.ControlMessage;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// The calls of this worker's models that the server has not answered, by their numbers. Safe for use by several threads.
final class CallTable {
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();

    /// A call that is made, and who waits for what comes of it.
    final class Waiting {
        private final int number = numbers.getAndIncrement();
        private final CompletableFuture<ControlMessage> message = new CompletableFuture<>();

        int number() {
            return number;
        }

        /// Waits as long as it takes: the server says something of each call.
        ControlMessage await() throws InterruptedException {
            try {
                return message.get();
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            } finally {
                waiting.remove(number);
            }
        }
    }

    /// One more call, which the server is about to be told of.
    Waiting begin() {
        Waiting call = new Waiting();
        waiting.put(call.number(), call);
        return call;
    }

    /// The server says what has come of a call. Of one that nobody waits for any more it need not be known.
    void heard(int number, ControlMessage message) {
        Waiting call = waiting.remove(number);
        if (call != null) {
            call.message.complete(message);
        }
    }
}
