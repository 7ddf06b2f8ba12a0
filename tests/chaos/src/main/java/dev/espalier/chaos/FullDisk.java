package dev.espalier.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Faults while the disk under the state folder is full: costs the records of the deaths, and nothing else. Needs to mount
/// a small file system.
record FullDisk() implements Scenario {
    private static final int MEGABYTES = 64;
    private static final int ROUNDS = 2;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public void prepare(Path state) throws IOException {
        Files.createDirectories(state);
        String size = "size=%dm".formatted(MEGABYTES);
        if (Commands.run("mount", "-t", "tmpfs", "-o", size, "tmpfs", state.toString()) != 0) {
            throw new IOException("cannot mount a file system: this scenario needs root");
        }
    }

    @Override
    public void clear(Path state) throws IOException {
        Commands.run("umount", "-l", state.toString());
    }

    @Override
    public void run(Trial trial) throws IOException {
        fill(trial.server().state().resolve("filling"));
        Tally tally = new Tally();
        trial.underLoad(() -> new Inflicter(trial, tally, Model.OpSet.DEATHS, false).run(ROUNDS));
        tally.unexpected().forEach(trial.report()::say);
        trial.report()
                .check("deaths are told on a full disk as on any", tally.unexpected().isEmpty());
        trial.report().say("on a full disk " + tally.recovery());
    }

    private static void fill(Path file) throws IOException {
        byte[] bytes = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < MEGABYTES << 8; i++) {
                out.write(bytes);
            }
            throw new IOException(file + " has room for more than its file system");
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }
}
