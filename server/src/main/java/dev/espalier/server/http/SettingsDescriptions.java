package dev.espalier.server.http;

import dev.espalier.server.config.LoggingOptions;
import dev.espalier.server.tracing.TraceSettingTexts;
import java.util.List;
import java.util.Map;

/// Settings as JSON.
final class SettingsDescriptions {
    private SettingsDescriptions() {}

    static JsonBuffer log(LoggingOptions options) {
        JsonBuffer json = new JsonBuffer();
        json.raw("{\"log_file\":").string(options.file());
        json.raw(",\"log_info\":").raw(Boolean.toString(options.info()));
        json.raw(",\"log_warning\":").raw(Boolean.toString(options.warning()));
        json.raw(",\"log_error\":").raw(Boolean.toString(options.error()));
        json.raw(",\"log_verbose_level\":").number(options.verbose());
        json.raw(",\"log_format\":").string(options.format().text()).raw('}');
        return json;
    }

    /// @param settings by name; one that may have several values is an array
    static JsonBuffer traces(Map<String, List<String>> settings) {
        JsonBuffer json = new JsonBuffer();
        char separator = '{';
        for (Map.Entry<String, List<String>> setting : settings.entrySet()) {
            json.raw(separator).string(setting.getKey()).raw(':');
            if (TraceSettingTexts.isList(setting.getKey())) {
                char next = '[';
                for (String value : setting.getValue()) {
                    json.raw(next).string(value);
                    next = ',';
                }
                json.raw(']');
            } else {
                json.string(setting.getValue().getFirst());
            }
            separator = ',';
        }
        json.raw('}');
        return json;
    }
}
