package dev.espalier.server.tracing;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// How spans are sent, with Triton's names and defaults.
///
/// @param url where a collector takes OTLP over HTTP
/// @param resource what is said of the server, by the attributes' names
/// @param mostWaiting how many traces may wait
/// @param delay how long a trace is kept for others to be sent with it
/// @param batch how many are sent at once
record CollectorSettings(
        String url, Map<String, String> resource, int mostWaiting, Duration delay, int batch) {
    static CollectorSettings of(Map<String, String> settings) {
        Map<String, String> resource = new LinkedHashMap<>();
        resource.put("service.name", "triton-inference-server");
        String given = settings.getOrDefault("resource", "");
        for (String attribute : given.isEmpty() ? new String[0] : given.split(",", -1)) {
            int equals = attribute.indexOf('=');
            resource.put(
                    equals < 0 ? attribute : attribute.substring(0, equals),
                    equals < 0 ? "" : attribute.substring(equals + 1));
        }
        return new CollectorSettings(
                settings.getOrDefault("url", "http://localhost:4318/v1/traces"),
                resource,
                number(settings, "bsp_max_queue_size", 2048),
                Duration.ofMillis(number(settings, "bsp_schedule_delay", 5000)),
                number(settings, "bsp_max_export_batch_size", 512));
    }

    private static int number(Map<String, String> settings, String name, int fallback) {
        String value = settings.get(name);
        return value == null ? fallback : Integer.parseInt(value);
    }
}
