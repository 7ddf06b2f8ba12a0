package dev.espalier.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class InternalErrorsTest {
    private final CountDownLatch halted = new CountDownLatch(1);
    private final InternalErrors errors = new InternalErrors(halted::countDown);
    private final Logger logger = Logger.getLogger(InternalErrors.class.getName());
    private final Kept kept = new Kept();

    /// Keeps what is logged.
    private static final class Kept extends Handler {
        private final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            records.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        logger.setUseParentHandlers(false);
        logger.addHandler(kept);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(kept);
        logger.setUseParentHandlers(true);
    }

    @Test
    void anErrorOfOneRequestIsCountedAndLoggedOnceWithItsStack() {
        for (int i = 0; i < 3; i++) {
            errors.report("http", "request " + i, new IllegalStateException("odd {0} %d"));
        }
        errors.report("load", "model 'm'", new OutOfMemoryError("heap"));
        assertThat(errors.counts()).containsOnly(Map.entry("http", 3L), Map.entry("load", 1L));
        assertThat(kept.records).hasSize(2);
        assertThat(kept.records.getFirst().getMessage()).contains("(http)").contains("request 0");
        assertThat(kept.records.getFirst().getThrown()).hasMessage("odd {0} %d");
        assertThat(halted.getCount()).isEqualTo(1);
    }

    @Test
    void theLogIsBoundedWhateverComesUp() {
        for (int i = 0; i < 1_000; i++) {
            errors.report("place " + i, "a request", new IllegalStateException());
        }
        assertThat(kept.records).hasSize(200);
    }

    @Test
    void anErrorAtARootEndsTheServer() throws InterruptedException {
        errors.root(
                        "watch",
                        () -> {
                            throw new AssertionError("impossible");
                        })
                .run();
        assertThat(halted.await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(errors.counts()).containsEntry("watch", 1L);
        assertThat(kept.records.getFirst().getMessage()).contains("the server ends");
    }

    @Test
    void whatEndsWellEndsNothing() {
        errors.root("watch", () -> {}).run();
        assertThat(errors.counts()).isEmpty();
        assertThat(halted.getCount()).isEqualTo(1);
    }

    @Test
    void aProcessEndsWithinASecondThoughNobodyReadsItsLog() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Unread.class.getName())
                        .redirectError(Redirect.PIPE)
                        .start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo('!');
            long begun = System.nanoTime();
            assertThat(process.waitFor()).isEqualTo(InternalErrors.EXIT_CODE);
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(5));
        } finally {
            process.destroyForcibly();
        }
    }

    /// A program whose log is a pipe that is full.
    static final class Unread {
        private Unread() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            InternalErrors errors =
                    new InternalErrors(() -> Runtime.getRuntime().halt(InternalErrors.EXIT_CODE));
            Thread.setDefaultUncaughtExceptionHandler(errors);
            Thread filler = Thread.ofPlatform().daemon().start(Unread::fill);
            while (filler.getState() != Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
            System.out.write('!');
            System.out.flush();
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                throw new IllegalStateException("x".repeat(200_000));
                            });
            thread.join();
            new CountDownLatch(1).await();
        }

        private static void fill() {
            byte[] much = new byte[1 << 20];
            System.err.write(much, 0, much.length);
        }
    }
}
