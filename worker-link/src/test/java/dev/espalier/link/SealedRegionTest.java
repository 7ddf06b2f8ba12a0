package dev.espalier.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SealedRegionTest {
    private static final long SIZE = 4 << 20;

    @Test
    void showsThePeerWhatTheOwnerWrites() throws Exception {
        try (SealedRegion owner = SealedRegion.createWritable("in", SIZE);
                SealedRegion peer = SealedRegion.attach(owner.descriptor(), SIZE, false)) {
            owner.memory().set(JAVA_LONG, 4096, 42);

            assertThat(peer.memory().get(JAVA_LONG, 4096)).isEqualTo(42);
        }
    }

    @Test
    void cannotBeMappedForWritingByAnybodyElseOnceItIsSealed() throws Exception {
        try (SealedRegion owner = SealedRegion.createWritable("in", SIZE)) {
            assertThatThrownBy(() -> SealedRegion.attach(owner.descriptor(), SIZE, true))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("EPERM");
        }
    }

    @Test
    void cannotBeTruncatedByThePeer() throws Exception {
        try (SealedRegion owner = SealedRegion.createForPeer("out", SIZE);
                SealedRegion peer = SealedRegion.attach(owner.descriptor(), SIZE, true)) {
            peer.memory().set(JAVA_BYTE, SIZE - 1, (byte) 7);

            assertThatThrownBy(() ->
                            LinuxCalls.checked(
                                    "truncate", LinuxCalls.FTRUNCATE, peer.descriptor(), 0))
                    .hasMessageContaining("EPERM");
            assertThat(owner.memory().get(JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 7);
        }
    }

    @Test
    void saysHowMuchItCouldNotReserve() throws Exception {
        try (SealedRegion owner = SealedRegion.createWritable("in", SIZE)) {
            assertThatThrownBy(() -> owner.reserve(0, 2 * SIZE))
                    .hasMessageContaining("reserve " + 2 * SIZE + " bytes");
        }
    }

    @Test
    void noticesThatItsDescriptorIsNoLongerItsOwn() throws Exception {
        SealedRegion region = SealedRegion.createWritable("in", SIZE);
        LinuxCalls.close(region.descriptor());
        try (ControlSocket.Listener _ =
                new LinuxControlSocket.Listener("espalier-test-in-its-place")) {
            assertThat(region.isOpen()).isFalse();
        }
    }
}
