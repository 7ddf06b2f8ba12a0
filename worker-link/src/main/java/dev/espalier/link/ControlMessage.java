package dev.espalier.link;

import dev.espalier.tensor.CallFailure;
import dev.espalier.tensor.DataType;
import dev.espalier.tensor.ModelSettings;
import dev.espalier.tensor.Signature;
import dev.espalier.tensor.TensorSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What server and worker tell each other over the [ControlSocket]: everything but executions.
///
/// The encoding is a type byte, then the components in order; numbers are big-endian, texts are a
/// 4-byte length and UTF-8, lists a 4-byte count. What a worker writes is bounded: names and texts, the
/// tensors of a signature, and their ranks.
public sealed interface ControlMessage {
    /// The most bytes of a text. Reasons are cut to that.
    int MAX_TEXT = 64 << 10;

    /// The most inputs or outputs of a signature.
    int MAX_TENSORS = 16 << 10;

    /// The most dimensions of a tensor in a signature.
    int MAX_RANK = 64;

    /// Server to worker, first: the two memories; their handles come with it, IN, OUT, then one a loop
    /// where loops have doorbells.
    record Attach(long inSize, long outSize) implements ControlMessage {}

    /// Worker to server: the engine is up.
    record Attached(String engineVersion) implements ControlMessage {}

    /// Server to worker: load a model and run its instances on lanes `firstLane` and following.
    ///
    /// @param model the server's number for it in this worker
    /// @param declared the inputs and outputs that its configuration names
    /// @param settings what else that says
    record Load(
            int model,
            String name,
            String file,
            List<String> opLibraries,
            Map<String, String> parameters,
            Signature declared,
            ModelSettings settings,
            int firstLane,
            int instances)
            implements ControlMessage {}

    /// Worker to server: the model's instances wait for executions.
    record Loaded(int model, Signature signature) implements ControlMessage {}

    /// Worker to server: the model cannot be loaded, and why.
    record LoadFailed(int model, String reason) implements ControlMessage {}

    /// Server to worker: end the model's instances and release it.
    record Unload(int model) implements ControlMessage {}

    /// Worker to server: the model is gone, and nothing looks at its lanes any more.
    record Unloaded(int model) implements ControlMessage {}

    /// Server to worker: from now on run what lies in the lanes of the models loaded so far and later. A
    /// standby waits for this with its models loaded.
    record Serve() implements ControlMessage {}

    /// Server to worker: IN has one more segment; its handle comes with the message. Sent before any
    /// execution that has inputs there.
    record AddSegment(int segment, long size) implements ControlMessage {}

    /// Server to worker: IN has this segment no longer. Sent after all executions that had inputs there.
    record DropSegment(int segment) implements ControlMessage {}

    /// Server to worker: a call of one of its models has been answered. The outputs lie in IN until the worker says that
    /// the call is over for it, or its request is.
    record CallAnswered(int call, List<CallOutput> outputs) implements ControlMessage {
        public CallAnswered {
            outputs = List.copyOf(outputs);
        }
    }

    /// An output of a call's answer.
    ///
    /// @param address where its bytes lie in IN
    record CallOutput(TensorSpec tensor, long address, long byteSize) {}

    /// Server to worker: a call of one of its models has failed, and why.
    record CallFailed(int call, CallFailure failure, String reason) implements ControlMessage {}

    /// The message as a frame.
    default byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            switch (this) {
                case Attach(long inSize, long outSize) -> {
                    data.writeByte(1);
                    data.writeLong(inSize);
                    data.writeLong(outSize);
                }
                case Attached(String engineVersion) -> {
                    data.writeByte(2);
                    putText(data, engineVersion);
                }
                case Load load -> {
                    data.writeByte(3);
                    putLoad(data, load);
                }
                case Loaded(int model, Signature signature) -> {
                    data.writeByte(4);
                    data.writeInt(model);
                    putSignature(data, signature);
                }
                case LoadFailed(int model, String reason) -> {
                    data.writeByte(5);
                    data.writeInt(model);
                    putText(data, cut(reason));
                }
                case Unload(int model) -> {
                    data.writeByte(6);
                    data.writeInt(model);
                }
                case Unloaded(int model) -> {
                    data.writeByte(7);
                    data.writeInt(model);
                }
                case Serve() -> data.writeByte(8);
                case AddSegment(int segment, long size) -> {
                    data.writeByte(9);
                    data.writeInt(segment);
                    data.writeLong(size);
                }
                case DropSegment(int segment) -> {
                    data.writeByte(10);
                    data.writeInt(segment);
                }
                case CallAnswered(int call, List<CallOutput> outputs) -> {
                    data.writeByte(11);
                    data.writeInt(call);
                    putTensors(data, outputs.stream().map(CallOutput::tensor).toList());
                    for (CallOutput output : outputs) {
                        data.writeLong(output.address);
                        data.writeLong(output.byteSize);
                    }
                }
                case CallFailed(int call, CallFailure failure, String reason) -> {
                    data.writeByte(12);
                    data.writeInt(call);
                    data.writeByte(failure.code());
                    putText(data, cut(reason));
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /// The message that a frame holds.
    ///
    /// @throws LinkException when it holds none
    static ControlMessage decoded(byte[] frame) throws LinkException {
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(frame))) {
            int type = data.readByte();
            ControlMessage message =
                    switch (type) {
                        case 1 -> new Attach(data.readLong(), data.readLong());
                        case 2 -> new Attached(text(data));
                        case 3 -> load(data);
                        case 4 -> new Loaded(data.readInt(), signature(data));
                        case 5 -> new LoadFailed(data.readInt(), text(data));
                        case 6 -> new Unload(data.readInt());
                        case 7 -> new Unloaded(data.readInt());
                        case 8 -> new Serve();
                        case 9 -> new AddSegment(data.readInt(), data.readLong());
                        case 10 -> new DropSegment(data.readInt());
                        case 11 -> new CallAnswered(data.readInt(), callOutputs(data));
                        case 12 -> new CallFailed(data.readInt(), callFailure(data), text(data));
                        default ->
                                throw new LinkException(
                                        "control message's type: " + type + " (expected: 1..12)");
                    };
            if (data.available() > 0) {
                throw new LinkException(
                        "control message of type %d is followed by %d bytes (expected: none)"
                                .formatted(type, data.available()));
            }
            return message;
        } catch (LinkException failure) {
            throw failure;
        } catch (IOException _) {
            throw new LinkException("control message of " + frame.length + " bytes ends too early");
        }
    }

    private static void putLoad(DataOutputStream data, Load load) throws IOException {
        data.writeInt(load.model);
        putText(data, load.name);
        putText(data, load.file);
        data.writeInt(load.opLibraries.size());
        for (String library : load.opLibraries) {
            putText(data, library);
        }
        data.writeInt(load.parameters.size());
        for (Map.Entry<String, String> parameter : load.parameters.entrySet()) {
            putText(data, parameter.getKey());
            putText(data, parameter.getValue());
        }
        putSignature(data, load.declared);
        data.writeLong(load.settings.version());
        data.writeInt(load.settings.maxBatchSize());
        data.writeBoolean(load.settings.decoupled());
        putText(data, load.settings.json());
        data.writeInt(load.firstLane);
        data.writeInt(load.instances);
    }

    private static Load load(DataInputStream data) throws IOException {
        int model = data.readInt();
        String name = longText(data);
        String file = longText(data);
        List<String> libraries = new ArrayList<>();
        for (int left = count(data, "op libraries", ControlSocket.MAX_FRAME); left > 0; left--) {
            libraries.add(longText(data));
        }
        Map<String, String> parameters = new HashMap<>();
        for (int left = count(data, "parameters", ControlSocket.MAX_FRAME); left > 0; left--) {
            parameters.put(longText(data), longText(data));
        }
        return new Load(
                model,
                name,
                file,
                libraries,
                parameters,
                signature(data),
                new ModelSettings(
                        data.readLong(), data.readInt(), data.readBoolean(), longText(data)),
                data.readInt(),
                data.readInt());
    }

    private static List<CallOutput> callOutputs(DataInputStream data) throws IOException {
        List<CallOutput> outputs = new ArrayList<>();
        for (TensorSpec tensor : tensors(data)) {
            outputs.add(new CallOutput(tensor, data.readLong(), data.readLong()));
        }
        return outputs;
    }

    private static CallFailure callFailure(DataInputStream data) throws IOException {
        int code = data.readByte();
        return CallFailure.ofCode(code)
                .orElseThrow(() -> new LinkException("call's failure: " + code));
    }

    private static void putSignature(DataOutputStream data, Signature signature)
            throws IOException {
        putTensors(data, signature.inputs());
        putTensors(data, signature.outputs());
        data.writeInt(signature.maxBatchSize());
    }

    private static Signature signature(DataInputStream data) throws IOException {
        return new Signature(tensors(data), tensors(data), data.readInt());
    }

    private static void putTensors(DataOutputStream data, List<TensorSpec> tensors)
            throws IOException {
        data.writeInt(tensors.size());
        for (TensorSpec tensor : tensors) {
            putText(data, tensor.name());
            data.writeByte(tensor.type().code());
            data.writeInt(tensor.dimensions().size());
            for (long dimension : tensor.dimensions()) {
                data.writeLong(dimension);
            }
        }
    }

    private static List<TensorSpec> tensors(DataInputStream data) throws IOException {
        List<TensorSpec> tensors = new ArrayList<>();
        for (int left = count(data, "tensors", MAX_TENSORS); left > 0; left--) {
            String name = text(data);
            int code = data.readByte();
            DataType type =
                    DataType.ofCode(code)
                            .orElseThrow(() -> new LinkException("tensor's type: " + code));
            List<Long> dimensions = new ArrayList<>();
            for (int axis = count(data, "dimensions", MAX_RANK); axis > 0; axis--) {
                dimensions.add(data.readLong());
            }
            tensors.add(new TensorSpec(name, type, dimensions));
        }
        return tensors;
    }

    private static void putText(DataOutputStream data, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    private static String text(DataInputStream data) throws IOException {
        return text(data, MAX_TEXT);
    }

    /// One that the server has written.
    private static String longText(DataInputStream data) throws IOException {
        return text(data, ControlSocket.MAX_FRAME);
    }

    private static String text(DataInputStream data, int most) throws IOException {
        byte[] bytes = new byte[count(data, "bytes of text", most)];
        data.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The beginning of a text whose end may be left out, as far as a message holds it in any language.
    private static String cut(String text) {
        return text.length() <= MAX_TEXT / 3 ? text : text.substring(0, MAX_TEXT / 3);
    }

    /// A count of things of at least one byte each, so never more than the bytes that are left.
    private static int count(DataInputStream data, String what, int most) throws IOException {
        int count = data.readInt();
        if (count < 0 || count > Math.min(most, data.available())) {
            throw new LinkException(
                    "control message announces %d %s (expected: 0..%d, and %d bytes are left)"
                            .formatted(count, what, most, data.available()));
        }
        return count;
    }
}
