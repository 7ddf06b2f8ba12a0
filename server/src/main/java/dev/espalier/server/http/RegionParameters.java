package dev.espalier.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.espalier.server.failure.ServingException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where a tensor lies in a region of shared memory, as its parameters say it.
final class RegionParameters {
    private static final String REGION = "shared_memory_region";
    private static final String OFFSET = "shared_memory_offset";
    private static final String SIZE = "shared_memory_byte_size";

    private boolean given;
    private String region = "";
    private long offset;
    private long byteSize;

    /// What is wrong with the first parameter that is.
    private @Nullable ServingException failure;

    /// Takes a parameter, if it is one of these.
    void take(JsonParser json, String name, JsonToken value) throws IOException {
        try {
            switch (name) {
                case REGION -> {
                    given = true;
                    region = JsonMembers.string(json, value, name);
                }
                case OFFSET -> offset = JsonMembers.unsigned64(json, value, name);
                case SIZE -> byteSize = JsonMembers.unsigned64(json, value, name);
                default -> {}
            }
        } catch (ServingException wrong) {
            failure = failure == null ? wrong : failure;
        }
    }

    /// Whether a region is named.
    boolean isGiven() {
        return given;
    }

    /// The place; null where no region is named.
    ///
    /// @throws ServingException when a parameter has another type
    InferHeader.@Nullable Region region() throws ServingException {
        if (failure != null) {
            throw failure;
        }
        return given ? new InferHeader.Region(region, offset, byteSize) : null;
    }
}
