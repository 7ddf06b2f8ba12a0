package dev.espalier.server.tracing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Traces as a JSON array in a file, or, with a log frequency of n, n in each of several: `<file>.0`, `<file>.1` and so
/// on. The file is complete JSON after each trace.
final class TraceFile implements TraceExporter {
    private final Path file;
    private int nextIndex;
    private @Nullable Array array;

    /// Whose traces are in it: those of other settings begin another numbered file.
    private @Nullable TraceSampler sampler;

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
        Array open = array;
        if (open == null || sampler != trace.sampler()) {
            closeArray();
            open = new Array(Path.of(file + "." + nextIndex));
            nextIndex++;
            array = open;
            sampler = trace.sampler();
        }
        open.add(text);
        if (open.count >= most) {
            closeArray();
        }
    }

    private void closeArray() throws IOException {
        Array open = array;
        array = null;
        if (open != null) {
            open.channel.close();
        }
    }

    @Override
    public int close() throws Loss {
        try {
            closeArray();
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
