package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/// Reads a small body that is one JSON object, member by member. Of several of one name the first counts, as by Triton.
final class JsonBody {
    private JsonBody() {}

    /// Takes one member.
    interface Member {
        /// @param json stands on the member's value, and may be left anywhere up to that value's end
        void take(String name, JsonParser json, JsonToken value)
                throws IOException, ServingException;
    }

    /// @throws ServingException where the text is no JSON, or a member not what it should be
    static void read(byte[] body, Member member) throws ServingException {
        try (JsonParser json = InferHeaderParser.JSON.createParser(body)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw JsonFailures.syntax("The document is empty.", 0);
            }
            if (first != JsonToken.START_OBJECT) {
                json.skipChildren();
            } else {
                Set<String> seen = new HashSet<>();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    JsonToken value = json.nextToken();
                    if (seen.add(name)) {
                        member.take(name, json, value);
                    }
                    json.skipChildren();
                }
            }
            JsonFailures.checkEnd(json);
        } catch (JsonProcessingException failure) {
            throw JsonFailures.syntax(failure);
        } catch (IOException failure) {
            throw new ServingException(
                    ErrorCode.INTERNAL, "Unable to read the JSON of the request", failure);
        }
    }
}
