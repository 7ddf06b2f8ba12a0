package dev.espalier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.server.memory.BudgetShare;
import dev.espalier.server.memory.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class WaitingLineTest {
    private final ByteBudget budget = new ByteBudget("heap", "send less", 100_000);
    private final WaitingLine line = new WaitingLine(new BudgetShare(budget));

    private static HttpRequest request(int headers) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        for (int i = 0; i < headers; i++) {
            request.headers().add("a" + i, "b");
        }
        return request;
    }

    @Test
    void countsRequestsByTheirHeadersUntilTheyAreHandled() {
        assertThat(line.add(request(1))).isTrue();
        assertThat(line.add(request(50))).isTrue();
        assertThat(budget.used()).isEqualTo(2 * 1000 + 51 * 200);
        Object _ = line.remove();
        assertThat(budget.used()).isEqualTo(1000 + 50 * 200);
        line.release();
        assertThat(budget.used()).isZero();
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void takesNoMoreThanItsConnectionMayHave() {
        int taken = 0;
        while (line.add(request(0))) {
            taken++;
        }
        assertThat(taken).isEqualTo(50);
        line.release();
        assertThat(budget.used()).isZero();
    }

    @Test
    void releasesTheBuffersOfWhatIsForgotten() {
        ByteBuf bytes = Unpooled.buffer(1).writeByte(1);
        assertThat(line.add(new DefaultHttpContent(bytes))).isTrue();
        line.release();
        assertThat(bytes.refCnt()).isZero();
    }
}
