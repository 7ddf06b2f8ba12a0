package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The options of traces of single requests.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum TraceFlag implements Flag {
    CONFIG(
            FlagRow.of(
                    FlagGroup.TRACING,
                    "trace-config",
                    new Text("[<mode>,]<name>=<value>"),
                    "May be given several times. mode=triton|opentelemetry (triton), level=OFF|TIMESTAMPS"
                            + " (OFF), rate=<n> (1000: of so many requests one), count=<n> (-1: any"
                            + " number); triton,file=<file> (JSON), triton,log-frequency=<n> (0: all in"
                            + " one file); opentelemetry,url=<url> (http://localhost:4318/v1/traces),"
                            + " opentelemetry,resource=<name>=<value>,"
                            + " opentelemetry,bsp_max_queue_size|bsp_schedule_delay|bsp_max_export_batch_size=<n>.")),
    FILE(older("trace-file", new Text("<file>"), "file")),
    LEVEL(
            older(
                    "trace-level",
                    new Choice(List.of("OFF", "TIMESTAMPS", "TENSORS", "MIN", "MAX")),
                    "level")),
    RATE(older("trace-rate", new Whole(0, Integer.MAX_VALUE), "rate")),
    COUNT(older("trace-count", new Whole(-1, Integer.MAX_VALUE), "count")),
    LOG_FREQUENCY(older("trace-log-frequency", new Whole(0, Integer.MAX_VALUE), "log-frequency"));

    private final FlagRow row;

    TraceFlag(FlagRow row) {
        this.row = row;
    }

    private static FlagRow older(String name, FlagType type, String setting) {
        return FlagRow.of(
                FlagGroup.TRACING, name, type, "Older form of " + setting + " in --trace-config.");
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
