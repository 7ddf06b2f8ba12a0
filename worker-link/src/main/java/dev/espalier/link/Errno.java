package dev.espalier.link;

/// The error numbers that the link tells apart or names (Linux, the same on x86-64 and arm64).
final class Errno {
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private Errno() {}

    static String text(int errno) {
        return switch (errno) {
            case 1 -> "EPERM, operation not permitted";
            case 9 -> "EBADF, bad descriptor";
            case EAGAIN -> "EAGAIN, would block";
            case 12 -> "ENOMEM, out of memory";
            case 13 -> "EACCES, permission denied";
            case 22 -> "EINVAL, invalid argument";
            case 24 -> "EMFILE, too many open files (raise `ulimit -n`)";
            case 28 -> "ENOSPC, no space left";
            case 32 -> "EPIPE, the peer is gone";
            case 104 -> "ECONNRESET, the peer is gone";
            case 111 -> "ECONNREFUSED, nobody listens";
            default -> "errno " + errno;
        };
    }
}
