package dev.espalier.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.config.TraceOptions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionRange;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.tracing.Door;
import dev.espalier.server.tracing.TraceExporters;
import dev.espalier.server.tracing.Tracing;
import dev.espalier.server.work.WorkPool;
import dev.espalier.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a request while one of its tensors is being copied, step by step: the test is the thread that
/// copies, and the loop.
@Timeout(20)
final class RegionInferenceTest {
    @TempDir private Path folder;
    private final Queue<Runnable> copies = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private final Behind behind = new Behind();
    private ClientRegions regions;
    private RegionRange range;

    @BeforeEach
    void register() throws Exception {
        Files.write(folder.resolve("file"), new byte[] {1, 2, 3, 4, 0, 0, 0, 0});
        regions = ClientRegions.in(folder);
        regions.register("r", "file", 0, 8);
        range = regions.range("r", 0, 4);
    }

    /// The inference itself: its input's memory, and what it is told to do.
    private final class Behind implements Inference {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(4);
        private boolean decoupled;

        @Override
        public ByteBuffer input(int index) {
            return memory.duplicate();
        }

        @Override
        public void reserve(int index, long bytes) {
            seen.add("reserve " + bytes);
        }

        @Override
        public boolean isDecoupled() {
            return decoupled;
        }

        @Override
        public void submit() {
            seen.add("submit " + memory.get(0));
        }

        @Override
        public void cancel() {
            seen.add("cancel");
        }

        @Override
        public void refuse(ServingException reason) {
            seen.add("refuse " + reason.code());
        }
    }

    /// The protocol.
    private class Front implements Responder {
        @Override
        public void completed(InferenceResult result) {
            InferenceResult.Output output = result.outputs().getFirst();
            assertThat(output.delivered()).isEqualTo(!output.data().hasRemaining());
            seen.add(output.delivered() ? "completed" : "completed here");
        }

        @Override
        public void answered(InferenceResult result) {
            seen.add("answered");
        }

        @Override
        public void finished() {
            seen.add("finished");
        }

        @Override
        public void failed(ServingException failure) {
            seen.add("failed " + failure.code());
        }
    }

    private record Bytes(List<String> seen, byte... bytes) implements InferenceResult {
        @Override
        public String modelName() {
            return "m";
        }

        @Override
        public String modelVersion() {
            return "1";
        }

        @Override
        public String id() {
            return "";
        }

        @Override
        public List<Output> outputs() {
            ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            return List.of(new Output("Y", DataType.INT8, new long[] {bytes.length}, data));
        }

        @Override
        public void release() {
            seen.add("release " + bytes[0]);
        }
    }

    private InferenceRequest request(boolean in, boolean out) throws ServingException {
        var input = new InferenceRequest.Input("X", "INT8", new long[] {4}, 4, in ? range : null);
        var output =
                new InferenceRequest.RequestedOutput("Y", 0, out ? regions.range("r", 4, 4) : null);
        return new InferenceRequest("m", "", "", List.of(input), List.of(output), 0, 0);
    }

    private RegionCopies beside() {
        InternalErrors errors = new InternalErrors(() -> {});
        return new RegionCopies("m", Runnable::run, new WorkPool(copies::add, errors), errors);
    }

    private RegionInference open(boolean in, boolean out) throws ServingException {
        RegionInference opened = new RegionInference(request(in, out), new Front(), beside());
        opened.openWith((_, _) -> behind);
        return opened;
    }

    private Bytes result(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new Bytes(seen, bytes);
    }

    private byte[] written() throws Exception {
        return java.util.Arrays.copyOfRange(Files.readAllBytes(folder.resolve("file")), 4, 8);
    }

    /// Whether nobody holds the region any more.
    private void isLetGo() throws Exception {
        regions.unregister("r");
        while (true) {
            try {
                range.read(ByteBuffer.allocate(1));
                Thread.onSpinWait();
            } catch (ServingException _) {
                return;
            }
        }
    }

    @Test
    void tellsWhenItsRequestHasCome() throws Exception {
        TraceOptions all =
                new TraceOptions(
                        TraceOptions.Mode.TRITON, true, 1, -1, 0, folder + "/traces", Map.of());
        InternalErrors errors = new InternalErrors(() -> {});
        try (Tracing tracing = new Tracing(all, TraceExporters.writer(all, "test", errors))) {
            Arrival arrival = tracing.arrival(Door.HTTP, null);
            Responder protocol =
                    new Front() {
                        @Override
                        public Arrival arrival() {
                            return arrival;
                        }
                    };

            RegionInference opened = new RegionInference(request(true, false), protocol, beside());

            assertThat(opened.arrival()).isNotNull().isSameAs(arrival);
        }
    }

    @Test
    void readsBeforeItSubmits() throws Exception {
        open(true, false).submit();
        assertThat(seen).isEmpty();

        copies.remove().run();

        assertThat(seen).containsExactly("reserve 4", "submit 1");
    }

    @Test
    void writesBeforeItAnswers() throws Exception {
        RegionInference inference = open(false, true);
        inference.submit();
        inference.completed(result(5, 6, 7, 8));
        assertThat(seen).containsExactly("submit 0");

        copies.remove().run();

        assertThat(written()).containsExactly(5, 6, 7, 8);
        assertThat(seen).containsExactly("submit 0", "completed");
        isLetGo();
    }

    @Test
    void keepsItsMemoryUntilItHasBeenReadTo() throws Exception {
        RegionInference inference = open(true, false);
        inference.submit();
        inference.cancel();
        assertThat(seen).isEmpty();

        copies.remove().run();

        assertThat(seen).containsExactly("reserve 4", "cancel");
        isLetGo();
    }

    @Test
    void keepsItsResultUntilItHasBeenWritten() throws Exception {
        RegionInference inference = open(false, true);
        inference.completed(result(5, 6, 7, 8));
        inference.cancel();
        assertThat(seen).containsExactly("cancel");

        copies.remove().run();

        assertThat(seen).containsExactly("cancel", "release 5");
        isLetGo();
    }

    @Test
    void answersInOrder() throws Exception {
        behind.decoupled = true;
        RegionInference inference = open(false, true);
        inference.answered(result(1));
        inference.answered(result(2));
        inference.finished();
        assertThat(copies).hasSize(1);

        copies.remove().run();
        assertThat(seen).containsExactly("answered");
        assertThat(written()).startsWith(1);
        copies.remove().run();

        assertThat(written()).startsWith(2);
        assertThat(seen).containsExactly("answered", "answered", "finished");
        isLetGo();
    }

    @Test
    void dropsWhatWaitsWhenItIsCancelled() throws Exception {
        behind.decoupled = true;
        RegionInference inference = open(false, true);
        inference.answered(result(1));
        inference.answered(result(2));
        inference.finished();

        inference.cancel();
        assertThat(seen).containsExactly("cancel", "release 2");
        copies.remove().run();

        assertThat(seen).containsExactly("cancel", "release 2", "release 1");
        isLetGo();
    }

    @Test
    void failsWhereItsClientTakesTheMemoryAway() throws Exception {
        open(true, false).submit();
        Files.write(folder.resolve("file"), new byte[0]);

        copies.remove().run();

        assertThat(seen).containsExactly("reserve 4", "refuse INTERNAL", "failed INTERNAL");
        isLetGo();
    }

    @Test
    void failsWhereAResultDoesNotFit() throws Exception {
        RegionInference inference = open(false, true);

        inference.completed(result(1, 2, 3, 4, 5));

        assertThat(copies).isEmpty();
        assertThat(seen).containsExactly("release 1", "refuse INTERNAL", "failed INTERNAL");
        isLetGo();
    }

    @Test
    void holdsNothingWhereItCannotBeOpened() throws Exception {
        RegionInference inference = open(true, false);
        inference.cancel();
        regions.unregister("r");

        try {
            RegionInference _ = open(true, false);
            throw new AssertionError("opened");
        } catch (ServingException gone) {
            assertThat(gone.code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        isLetGo();
    }
}
