package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;

/// The options of HTTP.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum HttpFlag implements Flag {
    ALLOW(FlagRow.of(FlagGroup.HTTP, "allow-http", "true", "Serve HTTP.")),
    ADDRESS(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-address",
                    new Text("<address>"),
                    "0.0.0.0",
                    "Where to listen.")),
    PORT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-port",
                    new Whole(0, 65_535),
                    "8000",
                    "Port; 0 picks a free one.")),
    REUSE_PORT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "reuse-http-port",
                    "false",
                    "Share the port with other servers (SO_REUSEPORT).")),
    THREAD_COUNT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-thread-count",
                    new Whole(1, 1024),
                    "8",
                    "Event loops, shared with gRPC; never more than the machine has cores.")),
    MAX_INPUT_SIZE(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-max-input-size",
                    new Whole(1, Long.MAX_VALUE),
                    "67108864",
                    "Largest request body in bytes, also after decompression.")),
    HEADER_TIMEOUT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-header-timeout-secs",
                    new Whole(0, 86_400),
                    "30",
                    "Seconds from a request's first byte to the end of its header; 0: any time.")),
    BODY_TIMEOUT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-body-timeout-secs",
                    new Whole(0, 86_400),
                    "30",
                    "Seconds for the next 64 KB of a body, or its end, to come; 0: any time.")),
    ANSWER_TIMEOUT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-answer-timeout-secs",
                    new Whole(0, 86_400),
                    "60",
                    "Seconds in which a client must take the next 64 KB of an answer; 0: any time.")),
    IDLE_TIMEOUT(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-idle-timeout-secs",
                    new Whole(0, 1_000_000),
                    "600",
                    "Seconds a connection may be open without a request; 0: any time.")),
    MAX_CONNECTIONS(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-max-connections",
                    new Whole(1, 1_000_000),
                    "20000",
                    "Connections at once; further ones get a 503.")),
    RESTRICTED_API(
            FlagRow.of(
                    FlagGroup.HTTP,
                    "http-restricted-api",
                    new Text(ApiRestrictions.FORM),
                    "Groups of routes that only requests with this header and value are answered"
                            + " on; may be given several times. Groups: health, metadata, inference,"
                            + " shared-memory, model-config, model-repository, statistics, trace,"
                            + " logging.")),
    USE_SSL(FlagRow.of(FlagGroup.HTTP, "http-use-ssl", "false", "Serve HTTPS.")),
    SERVER_CERT(
            FlagRow.of(
                    FlagGroup.HTTP, "http-server-cert", new Text("<file>"), "Certificates, PEM.")),
    SERVER_KEY(FlagRow.of(FlagGroup.HTTP, "http-server-key", new Text("<file>"), "Key, PEM."));

    private final FlagRow row;

    HttpFlag(FlagRow row) {
        this.row = row;
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
