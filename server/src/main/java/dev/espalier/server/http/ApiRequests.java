package dev.espalier.server.http;

import dev.espalier.server.access.Access;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.tracing.Arrival;
import dev.espalier.server.tracing.Door;
import dev.espalier.server.tracing.Tracing;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Answers the protocol's routes: by a request's path, its method and who asks.
final class ApiRequests implements RequestHandler {
    private static final Logger LOG = System.getLogger(ApiRequests.class.getName());

    /// Asks for the server's load in the headers of an answer, in the form that balancers know (ORCA).
    private static final AsciiString LOAD_FORMAT =
            AsciiString.cached("endpoint-load-metrics-format");

    private final HttpServices services;
    private final long maxInputSize;
    private final SmallRoutes smallRoutes;
    private final RepositoryRoutes repositoryRoutes;
    private final SettingsRoutes settingsRoutes;
    private final RegionRoutes regionRoutes;
    private final AtomicBoolean askedForLoad = new AtomicBoolean();

    ApiRequests(HttpServices services, long maxInputSize) {
        this.services = services;
        this.maxInputSize = maxInputSize;
        this.smallRoutes = new SmallRoutes(services);
        this.repositoryRoutes = new RepositoryRoutes(services);
        this.settingsRoutes = new SettingsRoutes(services);
        this.regionRoutes = new RegionRoutes(services.regions());
    }

    @Override
    public @Nullable Exchange begin(HttpConnection connection, HttpRequest request) {
        Route route = Route.of(Framing.path(request.uri()));
        if (route == null) {
            return new KnownAnswer(connection, Reply.notFound());
        }
        ApiRestrictions.Key key = services.restrictions().of(route.operation().group());
        if (key != null && !key.opens(request.headers().get(key.header()))) {
            return new KnownAnswer(connection, Reply.restricted(key.header()));
        }
        if (!route.operation().allows(request.method())) {
            return new KnownAnswer(connection, Reply.methodNotAllowed());
        }
        Reply denied = denied(route, request);
        if (denied != null) {
            return new KnownAnswer(connection, denied);
        }
        String wrongVersion = route.wrongVersion();
        if (wrongVersion != null) {
            return new KnownAnswer(
                    connection, Reply.error(ErrorCode.INVALID_ARGUMENT.httpStatus(), wrongVersion));
        }
        if (route.operation() == Operation.INFER) {
            return infer(connection, route, request);
        }
        if (route.operation() == Operation.GENERATE
                || route.operation() == Operation.GENERATE_STREAM) {
            return generate(connection, route, request);
        }
        if (RepositoryRoutes.answers(route.operation())) {
            return new AwaitedExchange(connection, repositoryRoutes::answer, route, maxInputSize);
        }
        if (RegionRoutes.answers(route.operation())) {
            return new AwaitedExchange(connection, regionRoutes::answer, route, maxInputSize);
        }
        if (SettingsRoutes.answers(route.operation())) {
            return new AwaitedExchange(
                    connection, settingsRoutes.by(request.method()), route, maxInputSize);
        }
        return new SmallExchange(connection, smallRoutes, route);
    }

    private @Nullable Reply denied(Route route, HttpRequest request) {
        if (route.operation().isHealth()) {
            return null;
        }
        Access access =
                services.tokens()
                        .check(
                                request.headers().get(HttpHeaderNames.AUTHORIZATION),
                                route.operation().scope());
        return switch (access) {
            case GRANTED -> null;
            case UNAUTHENTICATED ->
                    Reply.error(
                            401,
                            "WWW-Authenticate: Bearer\r\n",
                            "a valid token is needed (expected: header 'Authorization: Bearer"
                                    + " <token>')");
            case FORBIDDEN ->
                    Reply.error(
                            403,
                            "the token's scope is 'infer' (expected: a token with scope 'admin')");
        };
    }

    private Exchange generate(HttpConnection connection, Route route, HttpRequest request) {
        String coding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING);
        if (coding != null && !coding.isEmpty() && !coding.equals("identity")) {
            return new KnownAnswer(
                    connection,
                    Reply.error(
                            ErrorCode.INVALID_ARGUMENT.httpStatus(),
                            "Unsupported content-encoding, only 'identity' is supported."));
        }
        return new GenerateExchange(connection, services, route, maxInputSize, arrival(request));
    }

    /// What a trace of the request begins with; null where no request is traced.
    private @Nullable Arrival arrival(HttpRequest request) {
        Tracing tracing = services.tracing();
        return tracing.isOn()
                ? tracing.arrival(Door.HTTP, request.headers().get("traceparent"))
                : null;
    }

    private @Nullable Exchange infer(HttpConnection connection, Route route, HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (headers.contains(LOAD_FORMAT) && !askedForLoad.getAndSet(true)) {
            LOG.log(
                    Level.WARNING,
                    "a client sends the header {0}, which has no effect: answers do not tell the"
                            + " load of the server (its metrics do); this is said once",
                    LOAD_FORMAT);
        }
        try {
            InferBody body = InferBody.of(request, maxInputSize, connection.heap());
            String accepted = headers.get(HttpHeaderNames.ACCEPT_ENCODING);
            return new InferExchange(
                    connection,
                    services,
                    route,
                    body,
                    maxInputSize,
                    accepted == null ? ContentCoding.IDENTITY : ContentCoding.accepted(accepted),
                    arrival(request));
        } catch (ServingException refused) {
            Reply reply =
                    refused.code() == ErrorCode.UNSUPPORTED
                            ? Reply.error(
                                    refused.code().httpStatus(),
                                    "Accept-Encoding: gzip, deflate\r\n",
                                    refused.text())
                            : Reply.error(refused);
            if (InferBody.isTooLarge(request, maxInputSize)) {
                connection.refuse(reply);
                return null;
            }
            return new KnownAnswer(connection, reply);
        }
    }
}
