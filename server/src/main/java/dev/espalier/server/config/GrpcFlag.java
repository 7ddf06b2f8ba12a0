package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;
import java.util.List;

/// The options of gRPC.
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies, the types records of them
enum GrpcFlag implements Flag {
    ALLOW(FlagRow.of(FlagGroup.GRPC, "allow-grpc", "true", "Serve gRPC.")),
    ADDRESS(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-address",
                    new Text("<address>"),
                    "0.0.0.0",
                    "Where to listen.")),
    PORT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-port",
                    new Whole(0, 65_535),
                    "8001",
                    "Port; 0 picks a free one.")),
    REUSE_PORT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "reuse-grpc-port",
                    "false",
                    "Share the port with other servers (SO_REUSEPORT).")),
    RESTRICTED_PROTOCOL(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-restricted-protocol",
                    new Text(ApiRestrictions.FORM),
                    "The same for groups of methods: the header is"
                            + " triton-grpc-protocol-<header>.")),
    USE_SSL(FlagRow.of(FlagGroup.GRPC, "grpc-use-ssl", "false", "Serve gRPC over TLS.")),
    USE_SSL_MUTUAL(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-use-ssl-mutual",
                    "false",
                    "TLS, and clients must show a certificate signed by --grpc-root-cert.")),
    SERVER_CERT(
            FlagRow.of(
                    FlagGroup.GRPC, "grpc-server-cert", new Text("<file>"), "Certificates, PEM.")),
    SERVER_KEY(FlagRow.of(FlagGroup.GRPC, "grpc-server-key", new Text("<file>"), "Key, PEM.")),
    ROOT_CERT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-root-cert",
                    new Text("<file>"),
                    "Clients' signers, PEM.")),
    COMPRESSION(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-infer-response-compression-level",
                    new Choice(List.of("none", "low", "medium", "high")),
                    "none",
                    "Compression of inference answers.")),
    KEEPALIVE_TIME(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-keepalive-time",
                    new Whole(1, Integer.MAX_VALUE),
                    "7200000",
                    "Milliseconds of silence after which the server pings a client.")),
    KEEPALIVE_TIMEOUT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-keepalive-timeout",
                    new Whole(1, Integer.MAX_VALUE),
                    "20000",
                    "Milliseconds a client has to answer a ping.")),
    KEEPALIVE_PERMIT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-keepalive-permit-without-calls",
                    "false",
                    "Clients may ping without a call in flight.")),
    MIN_PING_INTERVAL(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-http2-min-recv-ping-interval-without-data",
                    new Whole(0, Integer.MAX_VALUE),
                    "300000",
                    "Milliseconds that must lie between two pings of a client.")),
    MAX_PING_STRIKES(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-http2-max-ping-strikes",
                    new Whole(0, Integer.MAX_VALUE),
                    "2",
                    "Pings that come too early before the connection is closed; 0: any number.")),
    MAX_CONNECTION_AGE(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-max-connection-age",
                    new Whole(0, Integer.MAX_VALUE),
                    "0",
                    "Milliseconds after which a connection takes no more calls, so that clients"
                            + " connect anew; 0: any time.")),
    MAX_CONNECTION_AGE_GRACE(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-max-connection-age-grace",
                    new Whole(0, Integer.MAX_VALUE),
                    "0",
                    "Milliseconds that its calls then have to end; 0: any time.")),
    HANDSHAKE_TIMEOUT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-handshake-timeout-secs",
                    new Whole(0, 86_400),
                    "30",
                    "Seconds until a connection is encrypted and speaks HTTP/2; 0: any time.")),
    BODY_TIMEOUT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-body-timeout-secs",
                    new Whole(0, 86_400),
                    "30",
                    "Seconds for the next 64 KB of a call's message, or its end, to come; 0: any time.")),
    ANSWER_TIMEOUT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-answer-timeout-secs",
                    new Whole(0, 86_400),
                    "60",
                    "Seconds in which a client must take the next 64 KB of a call's answer; 0: any time.")),
    IDLE_TIMEOUT(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-idle-timeout-secs",
                    new Whole(0, 1_000_000),
                    "600",
                    "Seconds a connection may be open without a call; 0: any time.")),
    MAX_CONNECTIONS(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-max-connections",
                    new Whole(1, 1_000_000),
                    "20000",
                    "Connections at once; further ones are closed.")),
    MAX_STREAMS(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-max-streams",
                    new Whole(1, 1_000_000),
                    "4000",
                    "Calls at once over one connection; clients keep further ones until there is room.")),
    MAX_STREAM_REQUESTS(
            FlagRow.of(
                    FlagGroup.GRPC,
                    "grpc-max-stream-requests",
                    new Whole(1, 1_000_000),
                    "256",
                    "Requests at once of one ModelStreamInfer; further ones are not read until one is answered."));

    private final FlagRow row;

    GrpcFlag(FlagRow row) {
        this.row = row;
    }

    @Override
    public FlagRow row() {
        return row;
    }
}
