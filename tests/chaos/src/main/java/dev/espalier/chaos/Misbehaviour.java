package dev.espalier.chaos;

import com.google.protobuf.ByteString;
import dev.espalier.protocol.ModelInferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// What a client may do that others must not notice. Each does one thing and is gone; how the server answers is its
/// affair.
enum Misbehaviour {
    /// Headers of thousands of lines that never end.
    HALF_HEADERS {
        @Override
        void happen(Target target) throws IOException {
            byte[] begin = Wire.ascii("GET /v2 HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(5000));
            try (Connections many = new Connections(target.http(), 40)) {
                many.send(begin);
                many.awaitEnds();
            }
        }
    },
    HALF_BODIES {
        @Override
        void happen(Target target) throws IOException {
            byte[] whole = Wire.inference(target.model(), new byte[8 * MB], BINARY);
            try (Connections many = new Connections(target.http(), 20)) {
                many.send(Arrays.copyOf(whole, 4 * MB));
                many.awaitEnds();
            }
        }
    },
    UNREAD_ANSWERS {
        @Override
        void happen(Target target) throws IOException {
            byte[] whole = Wire.inference(target.model(), new byte[8 * MB], BINARY);
            try (Connections many = new Connections(target.http(), 8)) {
                many.send(whole);
                Pause.millis(4000);
            }
        }
    },
    JSON_ANSWERS {
        @Override
        void happen(Target target) throws IOException {
            byte[] whole =
                    Wire.inference(target.model(), new byte[4 * MB], "\"binary_data\":false");
            try (Connections many = new Connections(target.http(), 3)) {
                many.send(whole);
                many.read(9 * MB);
            }
        }
    },
    CLASSIFICATION {
        @Override
        void happen(Target target) throws IOException {
            byte[] tensor = new byte[900_000];
            new Random(5).nextBytes(tensor);
            try (Connections many = new Connections(target.http(), 3)) {
                many.send(Wire.inference(target.model(), tensor, "\"classification\":10000"));
                many.read(100_000);
            }
        }
    },
    BOMBS {
        @Override
        void happen(Target target) throws IOException {
            byte[] bomb =
                    Wire.post(
                            "/v2/models/%s/infer".formatted(target.model()),
                            blanks(60 * MB),
                            "Content-Encoding: gzip\r\n");
            try (Connections many = new Connections(target.http(), 4)) {
                many.send(bomb);
                many.read(10);
            }
        }
    },
    PIPELINES {
        @Override
        void happen(Target target) throws IOException {
            byte[] good = Wire.inference(target.model(), new byte[64], BINARY);
            byte[] bad = Wire.post("/v2/models/nobody/infer", Wire.ascii("{"), "");
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            for (int i = 0; i < 500; i++) {
                requests.writeBytes(i % 3 == 0 ? bad : good);
            }
            try (Connections many = new Connections(target.http(), 4)) {
                many.send(requests.toByteArray());
                many.read(1000);
            }
        }
    },
    NOISE {
        @Override
        void happen(Target target) throws IOException {
            byte[] noise = new byte[20_000];
            new Random().nextBytes(noise);
            for (int port : new int[] {target.http(), target.grpc()}) {
                try (Connections many = new Connections(port, 20)) {
                    many.send(noise);
                    many.awaitEnds();
                }
            }
        }
    },
    COMES_AND_GOES {
        @Override
        void happen(Target target) throws IOException {
            for (int i = 0; i < 20; i++) {
                for (int port : new int[] {target.http(), target.grpc()}) {
                    new Connections(port, 20).close();
                }
            }
        }
    },
    CALLS_WITHOUT_WINDOW {
        @Override
        void happen(Target target) throws IOException {
            try (Connections one = new Connections(target.grpc(), 1)) {
                one.send(Wire.preface(0));
                for (int call = 0; call < 600; call++) {
                    one.send(
                            Wire.whole(
                                    2 * call + 1,
                                    message(target, call % 60 == 0 ? MB : 64),
                                    false));
                }
                Pause.millis(4000);
            }
        }
    },
    CALLS_BROKEN_OFF {
        @Override
        void happen(Target target) throws IOException {
            byte[] message = message(target, 100_000);
            try (Connections one = new Connections(target.grpc(), 1)) {
                one.send(Wire.preface(65_535));
                for (int call = 0; call < 100; call++) {
                    int stream = 2 * call + 1;
                    byte[] whole = Wire.whole(stream, message, false);
                    one.send(
                            Wire.joined(
                                    Arrays.copyOf(whole, wholeFrames(whole, 3)),
                                    Wire.reset(stream)));
                }
            }
        }
    },
    CALLS_THAT_STOP {
        @Override
        void happen(Target target) throws IOException {
            byte[] whole = Wire.whole(1, message(target, MB), false);
            try (Connections many = new Connections(target.grpc(), 20)) {
                many.send(
                        Wire.joined(
                                Wire.preface(65_535),
                                Arrays.copyOf(whole, wholeFrames(whole, 20))));
                Pause.millis(5000);
            }
        }
    },
    PACKED_CALLS {
        @Override
        void happen(Target target) throws IOException {
            byte[] bomb = blanks(30 * MB);
            try (Connections one = new Connections(target.grpc(), 1)) {
                one.send(Wire.preface(65_535));
                for (int call = 0; call < 4; call++) {
                    one.send(Wire.whole(2 * call + 1, bomb, true, "grpc-encoding", "gzip"));
                }
                one.read(100);
            }
        }
    };

    private static final int MB = 1 << 20;
    private static final String BINARY = "\"binary_data\":true";

    /// Whom it happens to.
    ///
    /// @param model gives UINT8 tensors back
    record Target(int http, int grpc, String model) {}

    /// Does it once.
    ///
    /// @throws IOException when the server has cut it off
    abstract void happen(Target target) throws IOException;

    private static byte[] message(Target target, int size) {
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder().setModelName(target.model());
        request.addInputsBuilder().setName("INPUT0").setDatatype("UINT8").addShape(size);
        return request.addRawInputContents(ByteString.copyFrom(new byte[size]))
                .build()
                .toByteArray();
    }

    private static byte[] blanks(int count) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] piece = new byte[MB];
            Arrays.fill(piece, (byte) ' ');
            for (int i = 0; i < count / MB; i++) {
                gzip.write(piece);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    /// Where the first `count` frames end.
    private static int wholeFrames(byte[] frames, int count) {
        int at = 0;
        for (int i = 0; i < count && at < frames.length; i++) {
            int length =
                    (frames[at] & 0xff) << 16
                            | (frames[at + 1] & 0xff) << 8
                            | frames[at + 2] & 0xff;
            at += 9 + length;
        }
        return at;
    }

    /// Some connections of one client that is gone with them.
    private static final class Connections implements AutoCloseable {
        private static final int PATIENCE_MILLIS = 20_000;

        private final List<Socket> sockets = new ArrayList<>();

        Connections(int port, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        PATIENCE_MILLIS);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.setTcpNoDelay(true);
                socket.setSoLinger(true, 0);
            }
        }

        void send(byte[] bytes) {
            for (Socket socket : sockets) {
                try {
                    socket.getOutputStream().write(bytes);
                } catch (IOException cut) {
                    // It is answered before it is read.
                }
            }
        }

        /// Reads so many bytes of each, or to its end.
        void read(int most) throws IOException {
            for (Socket socket : sockets) {
                try {
                    InputStream in = socket.getInputStream();
                    in.skipNBytes(1);
                    in.readNBytes(most - 1);
                } catch (IOException cut) {
                    // It was sent away.
                }
            }
        }

        void awaitEnds() throws IOException {
            read(MB);
        }

        @Override
        public void close() {
            for (Socket socket : sockets) {
                try {
                    socket.close();
                } catch (IOException gone) {
                    // That is what was wanted.
                }
            }
        }
    }
}
