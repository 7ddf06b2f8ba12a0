package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The options of the server as a whole, and those of groups too small for a table of their own.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum ServerFlag implements Flag {
    ID(
            FlagRow.of(
                    FlagGroup.SERVER,
                    "id",
                    new Text("<name>"),
                    "triton",
                    "The server's name in its metadata; some clients expect 'triton'.")),
    EXIT_TIMEOUT(
            FlagRow.of(
                    FlagGroup.SERVER,
                    "exit-timeout-secs",
                    new Whole(0, 86_400),
                    "30",
                    "How long running requests may take to finish when the server stops.")),
    ALLOW_CLIENT_SHM(
            FlagRow.of(
                    FlagGroup.SERVER,
                    "allow-client-shm",
                    "false",
                    "Let clients register regions of this machine's shared memory, which requests"
                            + " then name as places of tensors.")),
    ALLOW_METRICS(
            FlagRow.of(FlagGroup.METRICS, "allow-metrics", "true", "Serve /metrics over HTTP.")),
    ALLOW_CPU_METRICS(
            FlagRow.of(
                    FlagGroup.METRICS,
                    "allow-cpu-metrics",
                    "true",
                    "Tell the machine's CPU and memory use.")),
    ALLOW_GPU_METRICS(
            FlagRow.of(FlagGroup.METRICS, "allow-gpu-metrics", "true", "Tell the use of GPUs.")),
    METRICS_ADDRESS(
            FlagRow.of(
                    FlagGroup.METRICS,
                    "metrics-address",
                    new Text("<address>"),
                    "Where to listen; without it, where HTTP listens.")),
    METRICS_PORT(
            FlagRow.of(
                    FlagGroup.METRICS,
                    "metrics-port",
                    new Whole(0, 65_535),
                    "8002",
                    "Port; 0 picks a free one.")),
    METRICS_INTERVAL(
            FlagRow.of(
                    FlagGroup.METRICS,
                    "metrics-interval-ms",
                    new Whole(1, Integer.MAX_VALUE),
                    "2000",
                    "Milliseconds between two readings of what is polled.")),
    METRICS_CONFIG(
            FlagRow.of(
                    FlagGroup.METRICS,
                    "metrics-config",
                    new Text("<name>=<value>"),
                    "May be given several times: counter_latencies=<bool> (true),"
                            + " histogram_latencies=<bool> (false: first answers of decoupled models),"
                            + " summary_latencies=<bool> (false: quantiles of the last minute),"
                            + " summary_quantiles=<quantile>:<error>,…"
                            + " (0.5:0.05,0.9:0.01,0.95:0.001,0.99:0.001,0.999:0.001).")),
    LOG_VERBOSE(
            FlagRow.of(
                    FlagGroup.LOGGING,
                    "log-verbose",
                    new Whole(0, 9),
                    "0",
                    "Detail: 1 tells more, 2 still more, 3 also what the network libraries say.")),
    LOG_INFO(FlagRow.of(FlagGroup.LOGGING, "log-info", "true", "Log what happens.")),
    LOG_WARNING(FlagRow.of(FlagGroup.LOGGING, "log-warning", "true", "Log warnings.")),
    LOG_ERROR(FlagRow.of(FlagGroup.LOGGING, "log-error", "true", "Log errors.")),
    LOG_FORMAT(
            FlagRow.of(
                    FlagGroup.LOGGING,
                    "log-format",
                    new Choice(List.of("default", "ISO8601")),
                    "default",
                    "How a line begins.")),
    LOG_FILE(
            FlagRow.of(
                    FlagGroup.LOGGING,
                    "log-file",
                    new Text("<file>"),
                    "Append to this file instead of the standard error stream.")),
    BACKEND_CONFIG(
            FlagRow.of(
                    FlagGroup.BACKENDS,
                    "backend-config",
                    new Text("<backend>,<name>=<value>"),
                    "A setting of a backend; may be given several times. Without backend:"
                            + " default-max-batch-size=<n> (4), used when a config is completed.")),
    OP_SHELF(
            FlagRow.of(
                    FlagGroup.OPS,
                    "op-shelf",
                    new Text("<folder>"),
                    "Op libraries that models share: files, <name>/ and <name>/<version>/ folders."
                            + " Without it: .ops in each repository.")),
    OP_LIBRARY(
            FlagRow.of(
                    FlagGroup.OPS,
                    "op-library",
                    new Text("[<engine>:]<file or folder>"),
                    "Op libraries for all models of the engine; may be given several times. Only models"
                            + " that need them run with them.")),
    OP_ALLOW(
            FlagRow.of(
                    FlagGroup.OPS,
                    "op-allow",
                    new Text("<file>"),
                    "Load no op library but those whose SHA-256 is a line of this file.")),
    AUTH_TOKEN_FILE(
            FlagRow.of(
                    FlagGroup.SECURITY,
                    "auth-token-file",
                    new Text("<file>"),
                    "Bearer tokens for HTTP and gRPC, one a line with its scope: infer or admin."));

    private final FlagRow row;

    ServerFlag(FlagRow row) {
        this.row = row;
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
