package dev.espalier.link;

import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// What a probe tells the server of an op library: how far it has come, then what it has found. The events
/// are appended to a file, so that those of a process that dies are there nevertheless.
///
/// The encoding is a type byte, then the components in order; numbers are big-endian, texts are those of
/// [DataOutputStream#writeUTF], lists a 4-byte count.
public sealed interface ProbeEvent {
    /// How many bytes a probe's events may have: what is more is none of its. A library of a thousand ops has
    /// half a megabyte.
    int MOST_BYTES = 1 << 22;

    /// How many events a probe may tell.
    int MOST_EVENTS = 1 << 12;

    /// The engine is loaded; now the library is opened.
    record Begun() implements ProbeEvent {}

    /// The library is open; now it is asked for its ops.
    record Opened() implements ProbeEvent {}

    /// The library asks for an interface that the engine does not have.
    record AskedForNewer(int asked, int newest) implements ProbeEvent {}

    /// All is known.
    record Finished(OpReport report) implements ProbeEvent {}

    default byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            switch (this) {
                case Begun _ -> data.writeByte(1);
                case Opened _ -> data.writeByte(2);
                case AskedForNewer(int asked, int newest) -> {
                    data.writeByte(3);
                    data.writeInt(asked);
                    data.writeInt(newest);
                }
                case Finished(OpReport report) -> put(data, report);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /// The events in the order in which they were told. One that is cut off has not been told.
    ///
    /// @throws LinkException when these are no events, or more than any probe has to tell
    static List<ProbeEvent> decoded(byte[] bytes) throws LinkException {
        if (bytes.length > MOST_BYTES) {
            throw new LinkException(
                    "probe events of %d bytes (expected: %d at most)"
                            .formatted(bytes.length, MOST_BYTES));
        }
        List<ProbeEvent> events = new ArrayList<>();
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes))) {
            while (data.available() > 0) {
                if (events.size() == MOST_EVENTS) {
                    throw new LinkException("more than %d probe events".formatted(MOST_EVENTS));
                }
                events.add(event(data));
            }
        } catch (LinkException failure) {
            throw failure;
        } catch (IOException _) {
            return events;
        }
        return events;
    }

    private static ProbeEvent event(DataInputStream data) throws IOException {
        int type = data.readByte();
        return switch (type) {
            case 1 -> new Begun();
            case 2 -> new Opened();
            case 3 -> new AskedForNewer(data.readInt(), data.readInt());
            case 4 -> new Finished(new OpReport.Provides(signatures(data)));
            case 5 -> new Finished(new OpReport.NotOpened(data.readUTF()));
            case 6 -> new Finished(new OpReport.Refused(data.readUTF()));
            case 7 -> new Finished(new OpReport.NewerApi(data.readInt(), data.readInt()));
            default -> throw new LinkException("probe event's type: " + type + " (expected: 1..7)");
        };
    }

    private static void put(DataOutputStream data, OpReport report) throws IOException {
        switch (report) {
            case OpReport.Provides(List<OpSignature> ops) -> {
                data.writeByte(4);
                data.writeInt(ops.size());
                for (OpSignature op : ops) {
                    put(data, op);
                }
            }
            case OpReport.NotOpened(String reason) -> {
                data.writeByte(5);
                data.writeUTF(reason);
            }
            case OpReport.Refused(String reason) -> {
                data.writeByte(6);
                data.writeUTF(reason);
            }
            case OpReport.NewerApi(int asked, int newest) -> {
                data.writeByte(7);
                data.writeInt(asked);
                data.writeInt(newest);
            }
        }
    }

    private static void put(DataOutputStream data, OpSignature op) throws IOException {
        data.writeUTF(op.op().domain());
        data.writeUTF(op.op().name());
        data.writeInt(op.since());
        data.writeInt(op.until());
        data.writeUTF(op.provider());
        data.writeInt(op.apiVersion());
        putParameters(data, op.inputs());
        putParameters(data, op.outputs());
    }

    private static List<OpSignature> signatures(DataInputStream data) throws IOException {
        List<OpSignature> signatures = new ArrayList<>();
        for (int left = count(data); left > 0; left--) {
            signatures.add(
                    new OpSignature(
                            new OpName(data.readUTF(), data.readUTF()),
                            data.readInt(),
                            data.readInt(),
                            data.readUTF(),
                            data.readInt(),
                            parameters(data),
                            parameters(data)));
        }
        return signatures;
    }

    private static void putParameters(DataOutputStream data, List<OpSignature.Parameter> parameters)
            throws IOException {
        data.writeInt(parameters.size());
        for (OpSignature.Parameter parameter : parameters) {
            data.writeUTF(parameter.type());
            data.writeUTF(parameter.presence().name());
        }
    }

    private static List<OpSignature.Parameter> parameters(DataInputStream data) throws IOException {
        List<OpSignature.Parameter> parameters = new ArrayList<>();
        for (int left = count(data); left > 0; left--) {
            parameters.add(new OpSignature.Parameter(data.readUTF(), presence(data.readUTF())));
        }
        return parameters;
    }

    private static OpSignature.Presence presence(String name) throws LinkException {
        try {
            return OpSignature.Presence.valueOf(name);
        } catch (IllegalArgumentException _) {
            throw new LinkException("parameter's presence: " + name);
        }
    }

    /// A count of things of at least one byte each, so never more than the bytes that are left.
    private static int count(DataInputStream data) throws IOException {
        int count = data.readInt();
        if (count < 0) {
            throw new LinkException("probe event announces " + count + " things");
        }
        if (count > data.available()) {
            throw new EOFException();
        }
        return count;
    }
}
