package dev.espalier.server.workers;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;

/// A control group (cgroup v2), a folder whose files are the kernel's.
record ControlGroup(Path folder) {
    private static final String DELEGATED = "delegate";

    /// The group of a process.
    ///
    /// @param process its folder in /proc
    /// @throws IOException where it has none that can be reached; the message is a reason
    static ControlGroup of(Path process) throws IOException {
        String path =
                Files.readAllLines(process.resolve("cgroup")).stream()
                        .filter(line -> line.startsWith("0::/"))
                        .map(line -> line.substring("0::".length()))
                        .findFirst()
                        .orElseThrow(() -> new IOException("the kernel has no cgroup v2"));
        for (String line : Files.readAllLines(process.resolve("mountinfo"))) {
            // 31 23 0:27 ROOT PLACE OPTIONS - cgroup2 ...
            List<String> fields = Arrays.asList(line.split(" "));
            int kind = fields.indexOf("-") + 1;
            if (kind == 0 || !fields.get(kind).equals("cgroup2")) {
                continue;
            }
            Path root = Path.of(fields.get(3));
            if (Path.of(path).startsWith(root) && !path.contains("..")) {
                Path below = root.relativize(Path.of(path));
                return new ControlGroup(Path.of(fields.get(4)).resolve(below).normalize());
            }
        }
        throw new IOException("no cgroup v2 is mounted that has " + path);
    }

    String name() {
        return folder.getFileName() == null ? "" : folder.getFileName().toString();
    }

    ControlGroup parent() {
        return new ControlGroup(folder.resolve("..").normalize());
    }

    ControlGroup child(String name) {
        return new ControlGroup(folder.resolve(name));
    }

    /// Refuses a group that is not the caller's to share out.
    ///
    /// @throws IOException whose message is the reason
    void requireOwned() throws IOException {
        List<String> controllers =
                List.of(Files.readString(folder.resolve("cgroup.controllers")).strip().split(" "));
        if (!controllers.contains("memory") || !controllers.contains("pids")) {
            throw new IOException(this + " has no controllers of memory and pids");
        }
        if (!Files.isWritable(folder.resolve("cgroup.procs")) || !Files.isWritable(folder)) {
            throw new IOException(this + " cannot be written");
        }
        // To root everything can be written; what is systemd's it takes back.
        boolean systemds = name().endsWith(".service") || name().endsWith(".scope");
        if (systemds && !isDelegated()) {
            throw new IOException(this + " is systemd's (Delegate=yes leaves it to the server)");
        }
    }

    private boolean isDelegated() throws IOException {
        boolean othersGave = !Files.getOwner(folder).getName().equals("root");
        UserDefinedFileAttributeView marks =
                Files.getFileAttributeView(folder, UserDefinedFileAttributeView.class);
        return othersGave || (marks != null && marks.list().contains(DELEGATED));
    }

    /// Makes it.
    ///
    /// @return whether it was not there
    boolean create() throws IOException {
        try {
            Files.createDirectory(folder);
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        }
    }

    /// Writes to one of its files, which must be there.
    void write(String file, String value) throws IOException {
        try {
            Files.writeString(folder.resolve(file), value, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            throw new IOException("%s: %s".formatted(file, failure.getMessage()), failure);
        }
    }

    /// The same where it does not matter whether the kernel has that.
    void attempt(String file, String value) {
        try {
            write(file, value);
        } catch (IOException _) {
            // An older kernel, or a controller that somebody else has.
        }
    }

    /// Kills what is still in it, and removes it if that is gone already.
    void remove() {
        attempt("cgroup.kill", "1");
        try {
            boolean _ = Files.deleteIfExists(folder);
        } catch (IOException _) {
            // The next server removes it.
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
