package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AnswerSenderTest {
    private static final int SLOW = 1;

    private final ByteBudget budget = new ByteBudget("heap", "send less", 1 << 20);
    private final BudgetShare heap = new BudgetShare(budget);
    private final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter();
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);
    private int released;

    @AfterEach
    void close() {
        boolean _ = channel.finishAndReleaseAll();
    }

    private AnswerSender sender(String... texts) throws ServingException {
        List<AnswerPiece> pieces = new ArrayList<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            heap.take(bytes.length);
            pieces.add(new AnswerPiece(ByteBuffer.wrap(bytes), bytes.length));
        }
        ChannelHandlerContext context = channel.pipeline().context(handler);
        return new AnswerSender(context, heap, pieces, () -> released++);
    }

    /// The client takes nothing, or goes on.
    private void takes(boolean taking) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(SLOW, taking);
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        ByteBuf piece;
        while ((piece = channel.readOutbound()) != null) {
            text.append(piece.toString(StandardCharsets.US_ASCII));
            boolean _ = piece.release();
        }
        return text.toString();
    }

    @Test
    void sendsAllPiecesInOrderAndGivesTheirMemoryBack() throws Exception {
        AnswerSender sender = sender("one ", "two ", "three");
        assertThat(budget.used()).isEqualTo(13);
        assertThat(sender.goOn()).isTrue();
        assertThat(sent()).isEqualTo("one two three");
        assertThat(budget.used()).isZero();
        assertThat(released).isEqualTo(1);
        assertThat(sender.goOn()).isFalse();
        sender.drop();
        assertThat(released).isEqualTo(1);
    }

    @Test
    void waitsForAClientThatTakesNothing() throws Exception {
        takes(false);
        AnswerSender sender = sender("a", "b");
        assertThat(sender.goOn()).isFalse();
        assertThat(sent()).isEmpty();
        assertThat(budget.used()).isEqualTo(2);
        assertThat(released).isZero();
        takes(true);
        assertThat(sender.goOn()).isTrue();
        assertThat(sent()).isEqualTo("ab");
        assertThat(released).isEqualTo(1);
    }

    @Test
    void givesEverythingBackOfAClientThatIsGone() throws Exception {
        takes(false);
        AnswerSender sender = sender("a", "b");
        assertThat(sender.goOn()).isFalse();
        sender.drop();
        assertThat(budget.used()).isZero();
        assertThat(released).isEqualTo(1);
        takes(true);
        assertThat(sender.goOn()).isFalse();
        assertThat(sent()).isEmpty();
    }

    @Test
    void writesThatFailGiveTheirMemoryBack() throws Exception {
        AnswerSender sender = sender("a", "b");
        channel.pipeline()
                .addFirst(
                        new io.netty.channel.ChannelOutboundHandlerAdapter() {
                            @Override
                            public void write(
                                    ChannelHandlerContext context,
                                    Object message,
                                    io.netty.channel.ChannelPromise promise) {
                                boolean _ = ((ByteBuf) message).release();
                                promise.setFailure(new java.io.IOException("gone"));
                            }
                        });
        assertThat(sender.goOn()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(released).isEqualTo(1);
    }

    @Test
    void cutsTensorsForEncryptionOnly() {
        ByteBuffer tensor = ByteBuffer.allocate(600 << 10);
        List<AnswerPiece> plain = new ArrayList<>();
        AnswerSender.add(plain, tensor, false);
        assertThat(plain).hasSize(1);
        List<AnswerPiece> encrypted = new ArrayList<>();
        AnswerSender.add(encrypted, tensor, true);
        assertThat(encrypted.stream().map(AnswerPiece::length))
                .containsExactly(256 << 10, 256 << 10, 88 << 10);
        List<AnswerPiece> empty = new ArrayList<>();
        AnswerSender.add(empty, ByteBuffer.allocate(0), true);
        assertThat(empty).isEmpty();
    }
}
