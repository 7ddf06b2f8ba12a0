package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Switch;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The table of the command line: one row an option, with group, name, type, default and help text.
/// Names, types and defaults are Triton's where Triton has the option.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum Flag {
    MODEL_REPOSITORY(
            FlagGroup.REPOSITORY,
            "model-repository",
            new Text("<folder>"),
            "",
            "A folder of models; may be given several times.",
            "model-store"),
    EXIT_ON_ERROR(
            FlagGroup.REPOSITORY,
            "exit-on-error",
            "false",
            "Stop when a model cannot be loaded. Triton's default is true; here the others serve."),
    STRICT_READINESS(
            FlagGroup.REPOSITORY,
            "strict-readiness",
            "false",
            "Ready only while no model is unavailable, as with Triton. Without it that is so where"
                    + " --exit-on-error is true."),
    MODEL_CONFIG_NAME(
            FlagGroup.REPOSITORY,
            "model-config-name",
            new Text("<name>"),
            "The configuration of models that have a file configs/<name>.pbtxt; the others keep their"
                    + " config.pbtxt."),
    MODEL_CONTROL_MODE(
            FlagGroup.REPOSITORY,
            "model-control-mode",
            new Choice(List.of("none", "poll", "explicit")),
            "none",
            "How models come and go: all of them at the start, by looking at the folders, or on"
                    + " request."),
    REPOSITORY_POLL(
            FlagGroup.REPOSITORY,
            "repository-poll-secs",
            new Whole(0, 1_000_000),
            "15",
            "Seconds between two looks at the repositories; 0 for none. Mode poll only."),
    LOAD_MODEL(
            FlagGroup.REPOSITORY,
            "load-model",
            new Text("<name>"),
            "A model to load at the start, or '*'; may be given several times. Mode explicit"
                    + " only."),
    ALLOW_OP_UPLOAD(
            FlagGroup.REPOSITORY,
            "allow-op-upload",
            "true",
            "Take op libraries that come with a request to load a model."),
    DISABLE_AUTO_COMPLETE(
            FlagGroup.REPOSITORY,
            "disable-auto-complete-config",
            "false",
            "Take config.pbtxt as it stands, instead of completing it from the model file."),
    STRICT_MODEL_CONFIG(
            FlagGroup.REPOSITORY,
            "strict-model-config",
            "false",
            "Older name of --disable-auto-complete-config."),
    MODEL_LOAD_THREAD_COUNT(
            FlagGroup.REPOSITORY,
            "model-load-thread-count",
            new Whole(1, 1024),
            "4",
            "Models that load at the same time."),
    MODEL_LOAD_RETRY_COUNT(
            FlagGroup.REPOSITORY,
            "model-load-retry-count",
            new Whole(0, 1000),
            "0",
            "Further attempts to load a model that failed."),
    MODEL_LOAD_TIMEOUT(
            FlagGroup.REPOSITORY,
            "model-load-timeout-secs",
            new Whole(0, 86_400),
            "600",
            "How long a worker may take to load a model before it is ended and the model is"
                    + " unavailable; 0: any time."),
    MODEL_NAMESPACING(
            FlagGroup.REPOSITORY,
            "model-namespacing",
            "false",
            "One name in several repositories. This version knows 'false': names are unique."),

    ID(
            FlagGroup.SERVER,
            "id",
            new Text("<name>"),
            "triton",
            "The server's name in its metadata; some clients expect 'triton'."),
    EXIT_TIMEOUT(
            FlagGroup.SERVER,
            "exit-timeout-secs",
            new Whole(0, 86_400),
            "30",
            "How long running requests may take to finish when the server stops."),

    ALLOW_HTTP(FlagGroup.HTTP, "allow-http", "true", "Serve HTTP."),
    HTTP_ADDRESS(
            FlagGroup.HTTP, "http-address", new Text("<address>"), "0.0.0.0", "Where to listen."),
    HTTP_PORT(
            FlagGroup.HTTP, "http-port", new Whole(0, 65_535), "8000", "Port; 0 picks a free one."),
    REUSE_HTTP_PORT(
            FlagGroup.HTTP,
            "reuse-http-port",
            "false",
            "Share the port with other servers (SO_REUSEPORT)."),
    HTTP_THREAD_COUNT(
            FlagGroup.HTTP,
            "http-thread-count",
            new Whole(1, 1024),
            "8",
            "Event loops, shared with gRPC; never more than the machine has cores."),
    HTTP_MAX_INPUT_SIZE(
            FlagGroup.HTTP,
            "http-max-input-size",
            new Whole(1, Long.MAX_VALUE),
            "67108864",
            "Largest request body in bytes, also after decompression."),
    HTTP_HEADER_TIMEOUT(
            FlagGroup.HTTP,
            "http-header-timeout-secs",
            new Whole(0, 86_400),
            "30",
            "Seconds from a request's first byte to the end of its header; 0: any time."),
    HTTP_BODY_TIMEOUT(
            FlagGroup.HTTP,
            "http-body-timeout-secs",
            new Whole(0, 86_400),
            "30",
            "Seconds for the next 64 KB of a body, or its end, to come; 0: any time."),
    HTTP_ANSWER_TIMEOUT(
            FlagGroup.HTTP,
            "http-answer-timeout-secs",
            new Whole(0, 86_400),
            "60",
            "Seconds in which a client must take the next 64 KB of an answer; 0: any time."),
    HTTP_IDLE_TIMEOUT(
            FlagGroup.HTTP,
            "http-idle-timeout-secs",
            new Whole(0, 1_000_000),
            "600",
            "Seconds a connection may be open without a request; 0: any time."),
    HTTP_MAX_CONNECTIONS(
            FlagGroup.HTTP,
            "http-max-connections",
            new Whole(1, 1_000_000),
            "20000",
            "Connections at once; further ones get a 503."),
    HTTP_USE_SSL(FlagGroup.HTTP, "http-use-ssl", "false", "Serve HTTPS."),
    HTTP_SERVER_CERT(FlagGroup.HTTP, "http-server-cert", new Text("<file>"), "Certificates, PEM."),
    HTTP_SERVER_KEY(FlagGroup.HTTP, "http-server-key", new Text("<file>"), "Key, PEM."),

    ALLOW_GRPC(FlagGroup.GRPC, "allow-grpc", "true", "Serve gRPC."),
    GRPC_ADDRESS(
            FlagGroup.GRPC, "grpc-address", new Text("<address>"), "0.0.0.0", "Where to listen."),
    GRPC_PORT(
            FlagGroup.GRPC, "grpc-port", new Whole(0, 65_535), "8001", "Port; 0 picks a free one."),
    REUSE_GRPC_PORT(
            FlagGroup.GRPC,
            "reuse-grpc-port",
            "false",
            "Share the port with other servers (SO_REUSEPORT)."),
    GRPC_USE_SSL(FlagGroup.GRPC, "grpc-use-ssl", "false", "Serve gRPC over TLS."),
    GRPC_USE_SSL_MUTUAL(
            FlagGroup.GRPC,
            "grpc-use-ssl-mutual",
            "false",
            "TLS, and clients must show a certificate signed by --grpc-root-cert."),
    GRPC_SERVER_CERT(FlagGroup.GRPC, "grpc-server-cert", new Text("<file>"), "Certificates, PEM."),
    GRPC_SERVER_KEY(FlagGroup.GRPC, "grpc-server-key", new Text("<file>"), "Key, PEM."),
    GRPC_ROOT_CERT(FlagGroup.GRPC, "grpc-root-cert", new Text("<file>"), "Clients' signers, PEM."),
    GRPC_COMPRESSION(
            FlagGroup.GRPC,
            "grpc-infer-response-compression-level",
            new Choice(List.of("none", "low", "medium", "high")),
            "none",
            "Compression of inference answers."),
    GRPC_KEEPALIVE_TIME(
            FlagGroup.GRPC,
            "grpc-keepalive-time",
            new Whole(1, Integer.MAX_VALUE),
            "7200000",
            "Milliseconds of silence after which the server pings a client."),
    GRPC_KEEPALIVE_TIMEOUT(
            FlagGroup.GRPC,
            "grpc-keepalive-timeout",
            new Whole(1, Integer.MAX_VALUE),
            "20000",
            "Milliseconds a client has to answer a ping."),
    GRPC_KEEPALIVE_PERMIT(
            FlagGroup.GRPC,
            "grpc-keepalive-permit-without-calls",
            "false",
            "Clients may ping without a call in flight."),
    GRPC_MIN_PING_INTERVAL(
            FlagGroup.GRPC,
            "grpc-http2-min-recv-ping-interval-without-data",
            new Whole(0, Integer.MAX_VALUE),
            "300000",
            "Milliseconds that must lie between two pings of a client."),
    GRPC_MAX_PING_STRIKES(
            FlagGroup.GRPC,
            "grpc-http2-max-ping-strikes",
            new Whole(0, Integer.MAX_VALUE),
            "2",
            "Pings that come too early before the connection is closed; 0: any number."),
    GRPC_HANDSHAKE_TIMEOUT(
            FlagGroup.GRPC,
            "grpc-handshake-timeout-secs",
            new Whole(0, 86_400),
            "30",
            "Seconds until a connection is encrypted and speaks HTTP/2; 0: any time."),
    GRPC_BODY_TIMEOUT(
            FlagGroup.GRPC,
            "grpc-body-timeout-secs",
            new Whole(0, 86_400),
            "30",
            "Seconds for the next 64 KB of a call's message, or its end, to come; 0: any time."),
    GRPC_ANSWER_TIMEOUT(
            FlagGroup.GRPC,
            "grpc-answer-timeout-secs",
            new Whole(0, 86_400),
            "60",
            "Seconds in which a client must take the next 64 KB of a call's answer; 0: any time."),
    GRPC_IDLE_TIMEOUT(
            FlagGroup.GRPC,
            "grpc-idle-timeout-secs",
            new Whole(0, 1_000_000),
            "600",
            "Seconds a connection may be open without a call; 0: any time."),
    GRPC_MAX_CONNECTIONS(
            FlagGroup.GRPC,
            "grpc-max-connections",
            new Whole(1, 1_000_000),
            "20000",
            "Connections at once; further ones are closed."),
    GRPC_MAX_STREAMS(
            FlagGroup.GRPC,
            "grpc-max-streams",
            new Whole(1, 1_000_000),
            "4000",
            "Calls at once over one connection; clients keep further ones until there is room."),
    GRPC_MAX_STREAM_REQUESTS(
            FlagGroup.GRPC,
            "grpc-max-stream-requests",
            new Whole(1, 1_000_000),
            "256",
            "Requests at once of one ModelStreamInfer; further ones are not read until one is answered."),

    ALLOW_METRICS(FlagGroup.METRICS, "allow-metrics", "true", "Serve /metrics over HTTP."),
    ALLOW_CPU_METRICS(
            FlagGroup.METRICS,
            "allow-cpu-metrics",
            "true",
            "Tell the machine's CPU and memory use."),
    ALLOW_GPU_METRICS(FlagGroup.METRICS, "allow-gpu-metrics", "true", "Tell the use of GPUs."),
    METRICS_ADDRESS(
            FlagGroup.METRICS,
            "metrics-address",
            new Text("<address>"),
            "Where to listen; without it, where HTTP listens."),
    METRICS_PORT(
            FlagGroup.METRICS,
            "metrics-port",
            new Whole(0, 65_535),
            "8002",
            "Port; 0 picks a free one."),
    METRICS_INTERVAL(
            FlagGroup.METRICS,
            "metrics-interval-ms",
            new Whole(1, Integer.MAX_VALUE),
            "2000",
            "Milliseconds between two readings of what is polled."),

    LOG_VERBOSE(
            FlagGroup.LOGGING,
            "log-verbose",
            new Whole(0, 9),
            "0",
            "Detail: 1 tells more, 2 still more, 3 also what the network libraries say."),
    LOG_INFO(FlagGroup.LOGGING, "log-info", "true", "Log what happens."),
    LOG_WARNING(FlagGroup.LOGGING, "log-warning", "true", "Log warnings."),
    LOG_ERROR(FlagGroup.LOGGING, "log-error", "true", "Log errors."),
    LOG_FORMAT(
            FlagGroup.LOGGING,
            "log-format",
            new Choice(List.of("default", "ISO8601")),
            "default",
            "How a line begins."),
    LOG_FILE(
            FlagGroup.LOGGING,
            "log-file",
            new Text("<file>"),
            "Append to this file instead of the standard error stream."),

    BACKEND_CONFIG(
            FlagGroup.BACKENDS,
            "backend-config",
            new Text("<backend>,<name>=<value>"),
            "A setting of a backend; may be given several times. Without backend:"
                    + " default-max-batch-size=<n> (4), used when a config is completed."),

    OP_SHELF(
            FlagGroup.OPS,
            "op-shelf",
            new Text("<folder>"),
            "Op libraries that models share: files, <name>/ and <name>/<version>/ folders."
                    + " Without it: .ops in each repository."),
    OP_LIBRARY(
            FlagGroup.OPS,
            "op-library",
            new Text("[<engine>:]<file or folder>"),
            "Op libraries for all models of the engine; may be given several times. Only models"
                    + " that need them run with them."),
    OP_ALLOW(
            FlagGroup.OPS,
            "op-allow",
            new Text("<file>"),
            "Load no op library but those whose SHA-256 is a line of this file."),

    STATE_DIRECTORY(
            FlagGroup.WORKERS,
            "state-directory",
            new Text("<folder>"),
            "Op libraries by content, probe results, caches; servers may share it."
                    + " Without it: the user's XDG state folder."),
    REQUEST_MEMORY(
            FlagGroup.WORKERS,
            "request-memory-mb",
            new Whole(16, 1L << 30),
            "",
            "Memory for tensors on their way to and from the workers, in MB."
                    + " Without it: a quarter of the machine's."),
    UNREAD_ANSWERS(
            FlagGroup.WORKERS,
            "decoupled-unread-answers",
            new Whole(1, UnreadLimit.MOST_ANSWERS),
            "64",
            "Answers of a request that may be unread before its decoupled model waits."),
    UNREAD_MEMORY(
            FlagGroup.WORKERS, "decoupled-unread-mb", new Whole(1, 1 << 20), "16", "MB of them."),
    ENGINE_DIRECTORY(
            FlagGroup.WORKERS,
            "engine-directory",
            new Text("<folder>"),
            "Engine packs beside the distribution's, as espalier engine install puts them there."
                    + " Without it: a folder in the user's XDG data folder."),
    WORKER_JAVA_OPTIONS(
            FlagGroup.WORKERS,
            "worker-java-options",
            new Text("<options>"),
            "Further options of the workers' JVMs, separated by blanks."),
    WORKER_LINK(
            FlagGroup.WORKERS,
            "worker-link",
            new Choice(List.of("auto", "portable")),
            "auto",
            "What connects the server with its workers; portable: plain files and sockets, which"
                    + " are slower and confine nothing, as on systems other than Linux."),
    WORKER_SANDBOX(
            FlagGroup.WORKERS,
            "worker-sandbox",
            new Choice(List.of("auto", "on", "off")),
            "auto",
            "Keep workers from files, processes, networks and system calls that are none of their"
                    + " business, as far as this machine can; on: start no worker with less than all."),
    WORKER_READ(
            FlagGroup.WORKERS,
            "worker-read",
            new Text("<path>"),
            "A file or folder that workers may read beside their own; may be given several times."
                    + " Those of LD_LIBRARY_PATH are."),
    WORKER_WRITE(
            FlagGroup.WORKERS,
            "worker-write",
            new Text("<path>"),
            "A file or folder that workers may write beside their own; may be given several"
                    + " times."),
    WORKER_NETWORK(
            FlagGroup.WORKERS,
            "worker-network",
            "false",
            "Let workers use the network, by TCP and UDP."),
    WORKER_USER(
            FlagGroup.WORKERS,
            "worker-user",
            new Text("<user id>:<group id>"),
            "65534:65534",
            "Whom workers of a server become that runs as root, in numbers."),
    WORKER_GRANTS(
            FlagGroup.WORKERS,
            "worker-grant-file",
            new Text("<file>"),
            "What models may ask for by their parameters worker_read, worker_write and"
                    + " worker_network, a line each: a model's name or *, then 'read <path>',"
                    + " 'write <path>' or 'network'."),
    WORKER_ENVIRONMENT(
            FlagGroup.WORKERS,
            "worker-environment",
            new Text("<name>"),
            "A variable of the server's environment that workers get too; may be given several"
                    + " times. Of the others they get what concerns language, threads and GPUs."),
    EXECUTION_TIMEOUT(
            FlagGroup.WORKERS,
            "execution-timeout-ms",
            new Whole(0, 86_400_000),
            "0",
            "How long one execution may run before its worker is taken for hung and replaced;"
                    + " 0: any time. A model's parameter execution_timeout_ms goes first."),
    WORKER_MEMORY(
            FlagGroup.WORKERS,
            "worker-memory-mb",
            new Whole(0, 1L << 30),
            "",
            "Memory of its own that a worker may have, in MB, before it is replaced; 0: any amount."
                    + " Without it: three quarters of the machine's."),
    WORKER_DISK(
            FlagGroup.WORKERS,
            "worker-disk-mb",
            new Whole(0, 1L << 30),
            "1024",
            "What a worker's folder may take of the disk, and each file that it writes, in MB,"
                    + " before it is replaced; 0: any amount."),
    WORKER_ADDRESS_SPACE(
            FlagGroup.WORKERS,
            "worker-address-space-mb",
            new Whole(0, 1L << 30),
            "0",
            "Addresses that each process of a worker may map, in MB: what it asks for beyond them is"
                    + " refused to it, and it lives; the link's and the engine's count. 0: any number."),
    QUARANTINE_AFTER(
            FlagGroup.WORKERS,
            "quarantine-after",
            new Whole(0, 1_000_000),
            "10",
            "Deaths of its worker within the window that make a model unavailable until it is"
                    + " loaded again; 0: never."),
    QUARANTINE_WINDOW(
            FlagGroup.WORKERS,
            "quarantine-window-secs",
            new Whole(1, 31_536_000),
            "60",
            "The window of --quarantine-after, in seconds."),
    WORKER_STANDBY(
            FlagGroup.WORKERS,
            "worker-standby",
            "false",
            "Keep a second process with its models loaded beside each worker; it takes the place of"
                    + " one that dies within milliseconds, and costs its memory."),

    AUTH_TOKEN_FILE(
            FlagGroup.SECURITY,
            "auth-token-file",
            new Text("<file>"),
            "Bearer tokens for HTTP and gRPC, one a line with its scope: infer or admin.");

    private final FlagRow row;

    /// An option without a value of its own.
    Flag(FlagGroup group, String text, FlagType type, String help) {
        this(group, text, type, "", help);
    }

    /// A switch.
    Flag(FlagGroup group, String text, String fallback, String help) {
        this(group, text, new Switch(), fallback, help);
    }

    Flag(
            FlagGroup group,
            String text,
            FlagType type,
            String fallback,
            String help,
            String... aliases) {
        row = new FlagRow(group, text, type, fallback, help, List.of(aliases));
    }

    FlagRow row() {
        return row;
    }

    /// The name without its dashes.
    String text() {
        return row.text();
    }
}
