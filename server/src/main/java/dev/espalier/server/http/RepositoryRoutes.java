package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;

/// Answers the routes of the model repository: index, load, unload. Waits for what it answers. Safe for
/// use by several threads.
final class RepositoryRoutes {
    private final HttpServices services;

    RepositoryRoutes(HttpServices services) {
        this.services = services;
    }

    /// Whether a route is one of these.
    static boolean answers(Operation operation) {
        return switch (operation) {
            case REPOSITORY_INDEX, MODEL_LOAD, MODEL_UNLOAD -> true;
            default -> false;
        };
    }

    Reply answer(Route route, byte[] body) throws ServingException, InterruptedException {
        return switch (route.operation()) {
            case REPOSITORY_INDEX -> {
                boolean onlyReady = onlyReady(body);
                yield Reply.json(Descriptions.index(services.catalog().index(), onlyReady));
            }
            case MODEL_LOAD -> {
                services.control().load(route.model(), LoadRequestParser.parse(body));
                yield Reply.empty(200);
            }
            case MODEL_UNLOAD -> {
                // Its parameter 'unload_dependents' is about ensembles, which there are none of.
                LoadRequestParser.check(body);
                services.control().unload(route.model());
                yield Reply.empty(200);
            }
            default ->
                    throw new IllegalStateException(
                            route.operation() + " is no route of the repository");
        };
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
            JsonFailures.checkEnd(json);
            return ready;
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL, "Unable to read the JSON of the request", failure);
        }
    }
}
