package dev.espalier.server.grpc;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.InflaterInputStream;

/// The compression of messages: `gzip` and `deflate` in, `gzip` out.
final class MessageCodings {
    /// How answers are compressed where the options ask for it.
    static final String RESPONSE_CODING = Unpacking.GZIP;

    private MessageCodings() {}

    static DecompressorRegistry decompressors() {
        return DecompressorRegistry.emptyInstance()
                .with(Codec.Identity.NONE, false)
                .with(new Codec.Gzip(), true)
                .with(new Deflate(), true);
    }

    static CompressorRegistry compressors() {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        registry.register(new Compressed());
        return registry;
    }

    /// In gRPC, `deflate` means zlib's format.
    private static final class Deflate implements Decompressor {
        @Override
        public String getMessageEncoding() {
            return Unpacking.DEFLATE;
        }

        @Override
        public InputStream decompress(InputStream message) {
            return new InflaterInputStream(message);
        }
    }

    /// Answers come here compressed already, because that is no work for an event loop.
    private record Compressed() implements Compressor {
        @Override
        public String getMessageEncoding() {
            return RESPONSE_CODING;
        }

        @Override
        public OutputStream compress(OutputStream message) {
            return message;
        }
    }
}
