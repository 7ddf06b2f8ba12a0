package dev.espalier.server.engines.pytorch;

import dev.espalier.server.formats.FormatException;
import dev.espalier.server.formats.ZipReader;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads which ops a TorchScript archive calls: `torch.jit.save` writes a zip archive whose folder `code` has the
/// model's code as text, in which an op that is not PyTorch's own is called `ops.namespace.name(...)`. Weights are
/// passed over.
final class TorchScriptReader {
    private static final int MOST_OPS = 10_000;
    private static final int LONGEST_NAME = 200;

    /// More code than any model has.
    private static final long MOST_CODE_BYTES = 64 << 20;

    private static final Pattern CODE = Pattern.compile("[^/]+/code/.+\\.py");
    private static final Pattern CALL =
            Pattern.compile(
                    "(?<![\\w.])ops\\.([A-Za-z_]\\w{0,%1$d})\\.([A-Za-z_]\\w{0,%1$d})\\("
                            .formatted(LONGEST_NAME));

    private TorchScriptReader() {}

    /// @throws FormatException when the file is no such archive; the message says what stands where
    static TorchScriptModel read(Path file) throws IOException, FormatException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel);
        }
    }

    static TorchScriptModel read(SeekableByteChannel channel) throws IOException, FormatException {
        ZipReader archive = new ZipReader(channel, "torch.jit.save");
        Set<String> ops = new HashSet<>();
        long left = MOST_CODE_BYTES;
        boolean hasCode = false;
        for (ZipReader.Entry entry : archive.entries()) {
            if (!CODE.matcher(entry.name()).matches()) {
                continue;
            }
            hasCode = true;
            left -= entry.size();
            if (left < 0) {
                throw new FormatException(
                        "it has more than %d MB of code".formatted(MOST_CODE_BYTES >> 20));
            }
            find(new String(archive.content(entry), StandardCharsets.UTF_8), ops);
        }
        if (!hasCode) {
            throw new FormatException(
                    "it has no code (expected: an archive that torch.jit.save wrote; torch.save writes weights alone, and torch.export another format)");
        }
        return new TorchScriptModel(ops);
    }

    private static void find(String code, Set<String> ops) throws FormatException {
        Matcher call = CALL.matcher(code);
        while (call.find()) {
            ops.add(call.group(1) + "::" + call.group(2));
            if (ops.size() > MOST_OPS) {
                throw new FormatException("it calls more than %d ops".formatted(MOST_OPS));
            }
        }
    }
}
