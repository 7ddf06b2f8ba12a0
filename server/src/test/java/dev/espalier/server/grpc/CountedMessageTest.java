package dev.espalier.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ByteBudget;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class CountedMessageTest {
    private static final int MB = 1 << 20;

    private final ByteBudget budget = new ByteBudget("heap", "send less", 24L * MB);
    private final BudgetShare heap = new BudgetShare(budget);

    /// A call that is told its end, once.
    private static final class Call extends ServerCall<byte[], byte[]> {
        final List<Status> ends = new ArrayList<>();
        private final String method;

        Call(String method) {
            this.method = method;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!ends.isEmpty()) {
                throw new IllegalStateException("call already closed");
            }
            ends.add(status);
        }

        @Override
        public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
            MethodDescriptor.Marshaller<byte[]> none =
                    new MethodDescriptor.Marshaller<>() {
                        @Override
                        public InputStream stream(byte[] value) {
                            return new ByteArrayInputStream(value);
                        }

                        @Override
                        public byte[] parse(InputStream stream) {
                            return new byte[0];
                        }
                    };
            return MethodDescriptor.<byte[], byte[]>newBuilder(none, none)
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("inference.GRPCInferenceService/" + method)
                    .build();
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(byte[] message) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }

    @Test
    void countsALongMessageThreeTimesUntilItsCallEnds() {
        CountedMessage message = new CountedMessage(new Call("ModelReady"), heap);
        assertThat(message.takes(60_000)).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(message.takes(10_000)).isTrue();
        assertThat(budget.used()).isEqualTo(210_000);
        assertThat(message.length()).isEqualTo(70_000);
        message.close();
        message.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void endsACallWhoseMessageIsTooLong() {
        Call call = new Call("ModelReady");
        CountedMessage message = new CountedMessage(call, heap);
        assertThat(message.takes(MB)).isTrue();
        assertThat(message.takes(1)).isFalse();
        assertThat(message.takes(0)).isFalse();
        assertThat(call.ends).hasSize(1);
        assertThat(call.ends.getFirst().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(call.ends.getFirst().getDescription())
                .isEqualTo("a message of more than 1048576 bytes is too long for ModelReady");
        message.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void takesMoreOfAModelThatIsLoaded() {
        Call call = new Call("RepositoryModelLoad");
        CountedMessage message = new CountedMessage(call, heap);
        assertThat(message.takes(4 * MB)).isTrue();
        assertThat(message.takes(1)).isFalse();
        assertThat(call.ends.getFirst().getDescription())
                .contains("more than %d bytes".formatted(CountedMessage.longest(heap.limit())));
    }

    @Test
    void endsACallForWhoseMessageThereIsNoRoom() throws Exception {
        budget.take(22L * MB);
        Call call = new Call("ModelReady");
        CountedMessage message = new CountedMessage(call, heap);
        assertThat(message.takes(MB)).isFalse();
        assertThat(call.ends.getFirst().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(budget.used()).isEqualTo(22L * MB);
    }

    @Test
    void mindsNotThatTheCallHasBeenAnswered() {
        Call call = new Call("ModelReady");
        call.close(Status.OK, new Metadata());
        CountedMessage message = new CountedMessage(call, heap);
        message.refuse(new ServingException(ErrorCode.TOO_SLOW, "too slow"));
        assertThat(message.takes(1)).isFalse();
        assertThat(call.ends).hasSize(1);
    }
}
