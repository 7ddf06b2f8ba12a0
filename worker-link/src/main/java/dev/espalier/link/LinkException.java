package dev.espalier.link;

import java.io.IOException;

/// The link cannot be made or kept: a system call failed, or the peer does not keep the protocol.
public final class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message) {
        super(message);
    }

    LinkException(String what, IOException cause) {
        super(what + ": " + cause.getMessage(), cause);
    }

    LinkException(String what, int errno) {
        super(what + ": " + Errno.text(errno));
    }
}
