package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Answers every route but inference, at once. Safe for use by several threads.
final class SmallRoutes {
    private final HttpServices services;

    SmallRoutes(HttpServices services) {
        this.services = services;
    }

    Reply answer(Route route, byte[] body) throws ServingException {
        return switch (route.operation()) {
            case SERVER_METADATA -> Reply.json(Descriptions.server(services.info()));
            case HEALTH_LIVE -> health(services.health().live());
            case HEALTH_READY -> health(services.health().ready());
            case MODEL_METADATA ->
                    Reply.json(
                            Descriptions.model(
                                    services.catalog()
                                            .ready(route.model(), route.version())
                                            .metadata()));
            case MODEL_READY -> modelReady(route);
            case MODEL_CONFIG -> config(route);
            case MODEL_STATISTICS ->
                    Reply.json(
                            Descriptions.statistics(
                                    services.catalog().statistics(route.model(), route.version())));
            case REPOSITORY_INDEX ->
                    Reply.json(Descriptions.index(services.catalog().index(), onlyReady(body)));
            case MODEL_LOAD, MODEL_UNLOAD ->
                    throw new ServingException(
                            ErrorCode.UNAVAILABLE,
                            "explicit model load / unload is not allowed if polling is enabled");
            case NAMED_REPOSITORY ->
                    throw unsupported("'repository_name' specification is not supported");
            case SHARED_MEMORY_STATUS, SHARED_MEMORY_CHANGE -> throw JsonMembers.sharedMemoryOff();
            case GENERATE ->
                    throw unsupported(
                            "the generate extension is not supported (expected: a request to '/infer')");
            case TRACE_SETTING -> throw unsupported("the trace extension is not supported");
            case LOGGING ->
                    throw unsupported(
                            "the logging extension is not supported (expected: the server's flags, such as --log-verbose)");
            case INFER -> throw new IllegalStateException("inference is no small route");
        };
    }

    private static ServingException unsupported(String message) {
        return new ServingException(ErrorCode.UNSUPPORTED, message);
    }

    private static Reply health(boolean well) {
        return Reply.empty(well ? 200 : 400);
    }

    private Reply modelReady(Route route) throws ServingException {
        return services.catalog().isReady(route.model(), route.version())
                ? Reply.empty(200)
                : Reply.error(400, "Model version not ready");
    }

    private Reply config(Route route) throws ServingException {
        String json =
                services.configJson()
                        .apply(services.catalog().ready(route.model(), route.version()).config());
        return new Reply(200, "", Reply.JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /// What a request for the index says of `ready`.
    private static boolean onlyReady(byte[] body) throws ServingException {
        boolean ready = false;
        if (body.length == 0) {
            return ready;
        }
        try (JsonParser json = InferHeaderParser.JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
            } else {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isReady = json.currentName().equals("ready");
                    JsonToken value = json.nextToken();
                    if (isReady && !value.isBoolean()) {
                        throw new ServingException(
                                ErrorCode.INTERNAL,
                                "attempt to access JSON non-boolean as boolean");
                    }
                    ready = isReady ? value == JsonToken.VALUE_TRUE : ready;
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw JsonFailures.syntax(
                        "The document root must not be followed by other values.",
                        json.currentTokenLocation().getByteOffset());
            }
            return ready;
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL, "Unable to read the JSON of the request", failure);
        }
    }
}
