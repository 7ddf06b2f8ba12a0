package dev.espalier.server.tracing;

import java.util.Comparator;
import java.util.Map;

/// A trace in the form of Triton's trace files: objects that carry the trace's number, one for what it is about, and
/// one for each moment.
final class TraceJson {
    private TraceJson() {}

    /// The objects of a trace, separated by commas.
    static String of(RequestTrace trace) {
        StringBuilder json = new StringBuilder(1024);
        Map<Moment, Long> times = trace.times();
        if (!times.containsKey(Moment.REQUEST_START)) {
            subject(json, trace);
        }
        times.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(moment -> {
                    if (moment.getKey() == Moment.REQUEST_START) {
                        subject(json, trace);
                    }
                    separate(json)
                            .append("{\"id\":")
                            .append(trace.number())
                            .append(",\"timestamps\":[{\"name\":\"")
                            .append(moment.getKey())
                            .append("\",\"ns\":")
                            .append(moment.getValue())
                            .append("}]}");
                });
        return json.toString();
    }

    private static void subject(StringBuilder json, RequestTrace trace) {
        separate(json).append("{\"id\":").append(trace.number()).append(",\"model_name\":");
        quote(json, trace.subject().model());
        json.append(",\"model_version\":").append(trace.subject().version());
        if (!trace.subject().id().isEmpty()) {
            json.append(",\"request_id\":");
            quote(json, trace.subject().id());
        }
        json.append('}');
    }

    private static StringBuilder separate(StringBuilder json) {
        return json.isEmpty() ? json : json.append(',');
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c == '\u007f') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
