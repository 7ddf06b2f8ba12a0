package dev.espalier.link;

import java.nio.file.Path;
import java.util.Locale;

/// What a link is made of. Both kinds carry the same bytes in the same layout.
public enum LinkKind {
    /// memfds with seals, futexes, eventfds and passed descriptors.
    LINUX,
    /// What every JDK has: files that are mapped, and Unix sockets.
    PORTABLE;

    /// The exit code of a worker whose connection to the server has been closed from within.
    public static final int DISCONNECTED = 76;

    /// The exit code of a worker whose engine can do nothing any more; its last line says why.
    public static final int ENGINE_LOST = 77;

    private static final String INHERITED = "descriptor:";

    /// The better one that this machine can have.
    public static LinkKind ofThisMachine() {
        boolean known =
                switch (System.getProperty("os.arch")) {
                    case "amd64", "aarch64" -> true;
                    default -> false;
                };
        return known && System.getProperty("os.name").equals("Linux") ? LINUX : PORTABLE;
    }

    /// The kind that a worker's command line names.
    public static LinkKind named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// Its name on a worker's command line.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What a server makes its links of.
    public Links open() throws LinkException {
        return switch (this) {
            case LINUX -> new LinuxLinks();
            case PORTABLE ->
                    PortableLinks.inNewFolder(Path.of(System.getProperty("java.io.tmpdir")));
        };
    }

    /// What a worker's command line names where the connected control socket is a descriptor that the
    /// worker has inherited, with this number.
    public static String inherited(int descriptor) {
        return INHERITED + descriptor;
    }

    /// Connects to the server that waits at `address`, or takes the connection that is there already. For the
    /// worker.
    public ControlSocket connect(String address) throws LinkException {
        return switch (this) {
            case LINUX ->
                    address.startsWith(INHERITED)
                            ? LinuxControlSocket.inherited(
                                    Integer.parseInt(address.substring(INHERITED.length())))
                            : LinuxControlSocket.connect(address);
            case PORTABLE -> PortableControlSocket.connect(Path.of(address));
        };
    }

    /// Ends this process at once; does not return. Exit handlers of native libraries, one of which may
    /// never return, are run where there is no way around them.
    public void exit(int code) {
        switch (this) {
            case LINUX -> LinuxCalls.exit(code);
            case PORTABLE -> Runtime.getRuntime().halt(code);
        }
    }
}
