package dev.espalier.server.ops;

import dev.espalier.link.LinkException;
import dev.espalier.link.ProbeEvent;
import dev.espalier.server.files.RegularFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What probes have found, kept from one start of the server to the next: a file for each library and
/// engine, named by the library's hash.
///
/// An entry holds for the machine that it was made on; one of another machine, and one that is damaged, is
/// as good as none. Several servers may share the folder: a file appears complete, by a rename.
public final class ProbeCache {
    private static final Logger LOG = System.getLogger(ProbeCache.class.getName());
    private static final String FORMAT = "espalier probe 1";

    /// The largest entry: that of a library with thousands of ops has half a megabyte.
    private static final int MOST = ProbeEvent.MOST_BYTES + (1 << 18);

    private final Path folder;
    private final String machine;

    /// @param folder made when the first entry comes
    /// @param machine what an opening depends on besides the library
    public ProbeCache(Path folder, String machine) {
        this.folder = folder;
        this.machine = machine;
    }

    Optional<ProbeOutcome> find(String engine, String sha256) {
        Path file = file(engine, sha256);
        try {
            return Optional.of(decoded(RegularFile.bytes(file, MOST)));
        } catch (NoSuchFileException | OtherMachineException _) {
            return Optional.empty();
        } catch (IOException | RuntimeException failure) {
            LOG.log(
                    Level.WARNING,
                    "probe cache: {0} is damaged ({1}); the library is probed anew",
                    file,
                    failure.getMessage());
            return Optional.empty();
        }
    }

    /// Keeps an outcome. Without a cache everything works, and takes longer.
    void put(String engine, String sha256, ProbeOutcome outcome) {
        Path file = file(engine, sha256);
        try {
            Files.createDirectories(file.getParent());
            Path partial = Files.createTempFile(file.getParent(), "incoming", ".part");
            try {
                Files.write(partial, encoded(outcome));
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException failure) {
            LOG.log(
                    Level.WARNING,
                    "probe cache: {0} cannot be written (see --state-directory): {1}",
                    file,
                    failure.getMessage());
        }
    }

    private Path file(String engine, String sha256) {
        return folder.resolve(engine).resolve(sha256);
    }

    private byte[] encoded(ProbeOutcome outcome) throws IOException {
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        outcome.events().forEach(event -> events.writeBytes(event.encoded()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeUTF(FORMAT);
            data.writeUTF(machine);
            data.writeUTF(outcome.ending());
            data.writeLong(outcome.limit().toMillis());
            data.writeUTF(outcome.lastWords());
            data.write(events.toByteArray());
            data.flush();
            data.writeInt(checksum(bytes.toByteArray()));
        }
        return bytes.toByteArray();
    }

    private ProbeOutcome decoded(byte[] entry) throws IOException {
        if (entry.length < Integer.BYTES) {
            throw new LinkException("it has %d bytes".formatted(entry.length));
        }
        byte[] content = Arrays.copyOf(entry, entry.length - Integer.BYTES);
        if (ByteBuffer.wrap(entry).getInt(content.length) != checksum(content)) {
            throw new LinkException("its checksum is another");
        }
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(content))) {
            if (!data.readUTF().equals(FORMAT) || !data.readUTF().equals(machine)) {
                throw new OtherMachineException();
            }
            String ending = data.readUTF();
            Duration limit = Duration.ofMillis(data.readLong());
            String lastWords = data.readUTF();
            List<ProbeEvent> events = ProbeEvent.decoded(data.readAllBytes());
            return new ProbeOutcome(events, ending, limit, lastWords);
        }
    }

    private static int checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return (int) checksum.getValue();
    }

    /// The entry is whole, and says nothing of this machine.
    private static final class OtherMachineException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
