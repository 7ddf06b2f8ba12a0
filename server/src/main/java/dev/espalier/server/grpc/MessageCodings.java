package dev.espalier.server.grpc;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/// The compression of messages: `gzip` and `deflate` in, `gzip` out.
final class MessageCodings {
    /// How answers are compressed where the options ask for it.
    static final String RESPONSE_CODING = "gzip";

    private MessageCodings() {}

    static DecompressorRegistry decompressors() {
        return DecompressorRegistry.emptyInstance()
                .with(Codec.Identity.NONE, false)
                .with(new Codec.Gzip(), true)
                .with(new Deflate(), true);
    }

    /// @param level `none`, `low`, `medium` or `high`
    static CompressorRegistry compressors(String level) {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        registry.register(
                new Gzip(
                        switch (level) {
                            case "low" -> Deflater.BEST_SPEED;
                            case "high" -> Deflater.BEST_COMPRESSION;
                            default -> Deflater.DEFAULT_COMPRESSION;
                        }));
        return registry;
    }

    /// In gRPC, `deflate` means zlib's format.
    private static final class Deflate implements Decompressor {
        @Override
        public String getMessageEncoding() {
            return "deflate";
        }

        @Override
        public InputStream decompress(InputStream message) {
            return new InflaterInputStream(message);
        }
    }

    private record Gzip(int level) implements Compressor {
        @Override
        public String getMessageEncoding() {
            return RESPONSE_CODING;
        }

        @Override
        public OutputStream compress(OutputStream message) throws IOException {
            return new LeveledGzip(message, level);
        }
    }

    private static final class LeveledGzip extends GZIPOutputStream {
        LeveledGzip(OutputStream target, int level) throws IOException {
            super(target);
            def.setLevel(level);
        }
    }
}
