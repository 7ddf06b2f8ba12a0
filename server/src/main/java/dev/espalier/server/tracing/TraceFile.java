package dev.espalier.server.tracing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Traces as a JSON array in a file, or, with a log frequency of n, n in each of several: `<file>.0`, `<file>.1` and so
/// on, each with those of the same settings. Each is complete JSON after each trace.
final class TraceFile implements TraceExporter {
    /// Settings change, and each of them would keep a file open.
    private static final int MOST_OPEN = 64;

    private final Path file;
    private int nextIndex;

    /// The numbered ones that have room, by whose traces are in them: those of other settings have a file of their own.
    /// The one that was written to longest ago comes first.
    private final Map<TraceSampler, Array> numbered = new LinkedHashMap<>(16, 0.75f, true);

    /// The one without a number; all traces of all settings without a log frequency go there.
    private @Nullable Array whole;

    TraceFile(Path file) {
        this.file = file;
    }

    @Override
    public int export(RequestTrace trace) throws Loss {
        try {
            write(trace);
            return 1;
        } catch (IOException failure) {
            throw new Loss(1, failure);
        }
    }

    private void write(RequestTrace trace) throws IOException {
        byte[] text = TraceJson.of(trace).getBytes(StandardCharsets.UTF_8);
        int most = trace.sampler().logFrequency();
        if (most == 0) {
            Array open = whole;
            if (open == null) {
                open = new Array(file);
                whole = open;
            }
            open.add(text);
            return;
        }
        Array open = numbered.get(trace.sampler());
        if (open == null) {
            makeRoom();
            open = new Array(Path.of(file + "." + nextIndex));
            nextIndex++;
            numbered.put(trace.sampler(), open);
        }
        open.add(text);
        if (open.count >= most) {
            numbered.remove(trace.sampler());
            open.channel.close();
        }
    }

    private void makeRoom() throws IOException {
        if (numbered.size() >= MOST_OPEN) {
            Map.Entry<TraceSampler, Array> oldest = numbered.entrySet().iterator().next();
            numbered.remove(oldest.getKey());
            oldest.getValue().channel.close();
        }
    }

    @Override
    public int close() throws Loss {
        try {
            for (Array open : numbered.values()) {
                open.channel.close();
            }
            if (whole != null) {
                whole.channel.close();
            }
            return 0;
        } catch (IOException failure) {
            throw new Loss(0, failure);
        }
    }

    /// One file, which is written anew from its beginning.
    private static final class Array {
        private final FileChannel channel;
        private long end;
        private int count;

        Array(Path file) throws IOException {
            try {
                channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING);
            } catch (IOException failure) {
                throw new IOException("'" + file + "' cannot be opened: " + failure, failure);
            }
        }

        /// Puts a trace where the array has ended until now.
        void add(byte[] text) throws IOException {
            ByteBuffer out = ByteBuffer.allocate(text.length + 2);
            out.put((byte) (count == 0 ? '[' : ',')).put(text).put((byte) ']').flip();
            long at = end;
            int size = out.remaining();
            while (out.hasRemaining()) {
                at += channel.write(out, at);
            }
            end += size - 1;
            count++;
        }
    }
}
