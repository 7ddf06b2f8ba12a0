package dev.espalier.server.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.link.LinkKind;
import dev.espalier.link.Links;
import dev.espalier.server.execution.InputMemory;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.memory.ByteBudget;
import dev.espalier.server.memory.FairShare;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(LinkKind.class)
@Timeout(60)
final class MemberPagesTest {
    private static final long KB = 1 << 10;
    private static final long MB = 1 << 20;

    private final ByteBudget budget = new ByteBudget("request memory", "wait", 256 * MB);
    private final FairShare share = new FairShare(budget, "model 'a'", 3);
    private final Queue<Runnable> ahead = new ArrayDeque<>();

    @Parameter LinkKind kind;

    private Links links;
    private InputMemory memory;

    @BeforeEach
    void make() throws Exception {
        links = kind.open();
        memory = new InputMemory(budget, links, ahead::add);
    }

    @AfterEach
    void close() {
        ahead.forEach(Runnable::run);
        memory.close();
        links.close();
        assertThat(budget.used()).isZero();
    }

    private MemberPages pages(long block, long... sizes) {
        long[] addresses = new long[sizes.length];
        long at = block;
        for (int i = 0; i < sizes.length; i++) {
            addresses[i] = at;
            at += sizes[i];
        }
        return new MemberPages(memory, List.of(share), addresses, sizes);
    }

    @Test
    void aRequestThatHasSentAFewBytesTakesUpAStep() throws Exception {
        long block = memory.allocate(60 * MB, 60 * MB);
        MemberPages pages = pages(block, 60 * MB);

        pages.make(0, 34);

        assertThat(budget.used()).isEqualTo(256 * KB);
        assertThat(share.taken()).isEqualTo(256 * KB);
        pages.close();
        assertThat(share.taken()).isZero();
        memory.free(block);
    }

    @Test
    void anotherThreadStaysAheadOfAnUploadByAsMuchAsHasCome() throws Exception {
        long block = memory.allocate(60 * MB, 60 * MB);
        MemberPages pages = pages(block, 60 * MB);
        for (long sent = 0; sent < 16 * MB; sent += 64 * KB) {
            boolean first = sent == 0;
            assertThat(memory.areThere(block, sent + 64 * KB)).isEqualTo(!first);
            pages.make(0, sent + 64 * KB);
            while (!ahead.isEmpty()) {
                ahead.remove().run();
            }
        }

        assertThat(budget.used()).isBetween(16 * MB, 34 * MB);
        pages.close();
        memory.free(block);
    }

    @Test
    void eachInputHasItsOwnPages() throws Exception {
        long block = memory.allocate(64 * MB, 64 * MB);
        MemberPages pages = pages(block, 32 * MB, 32 * MB);

        pages.make(1, 100);

        assertThat(memory.areThere(block, 1)).isFalse();
        assertThat(memory.areThere(block + 32 * MB, 256 * KB)).isTrue();
        assertThat(memory.areThere(block + 32 * MB, 256 * KB + 1)).isFalse();
        pages.close();
        memory.free(block);
    }

    @Test
    void anEmptyInputNeedsNone() throws Exception {
        long block = memory.allocateNear(0);
        MemberPages pages = pages(block, 0);

        pages.make(0, 0);

        assertThat(budget.used()).isZero();
        pages.close();
        memory.free(block);
    }

    @Test
    void aModelThatHasThreeQuartersGetsNoMoreWhileAnotherFindsRoom() throws Exception {
        long mine = memory.allocate(200 * MB, 200 * MB);
        MemberPages most = pages(mine, 190 * MB);
        most.make(0, 190 * MB);
        long more = memory.allocate(40 * MB, 40 * MB);
        MemberPages tooMuch = pages(more, 40 * MB);

        assertThatThrownBy(() -> tooMuch.make(0, 10 * MB))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("those of model 'a' have");
        FairShare other = new FairShare(budget, "model 'b'", 3);
        MemberPages others =
                new MemberPages(memory, List.of(other), new long[] {more}, new long[] {40 * MB});
        others.make(0, 40 * MB);

        assertThat(other.taken()).isEqualTo(40 * MB);
        most.close();
        tooMuch.close();
        others.close();
        memory.free(mine);
        memory.free(more);
    }

    @Test
    void smallRequestsCountInNoShare() throws Exception {
        long block = memory.allocateNear(4 * MB);
        MemberPages pages = pages(block, 4 * MB);

        pages.make(0, 4 * MB);

        assertThat(share.taken()).isZero();
        pages.close();
        memory.free(block);
    }
}
