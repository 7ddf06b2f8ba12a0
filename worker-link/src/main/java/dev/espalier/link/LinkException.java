package dev.espalier.link;

import java.io.IOException;

/// The link cannot be made or kept: a system call failed, or the peer does not keep the protocol.
public final class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public LinkException(String message) {
        super(message);
        errno = 0;
    }

    LinkException(String what, IOException cause) {
        super(what + ": " + cause.getMessage(), cause);
        errno = -1;
    }

    LinkException(String what, int errno) {
        super(what + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /// Whether it is the peer that does not keep the protocol, and no failure of the system's: that happens
    /// to one whose peer is gone, too.
    public boolean isPeersFault() {
        return errno == 0;
    }

    /// The system call's error number; 0 where there was none.
    int errno() {
        return errno;
    }
}
