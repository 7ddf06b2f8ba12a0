package dev.espalier.server.grpc;

import dev.espalier.protocol.InferParameter;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionRange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a tensor lies in a region of shared memory, as its parameters say it.
final class RegionParameters {
    private static final String REGION = "shared_memory_region";
    private static final String OFFSET = "shared_memory_offset";
    private static final String SIZE = "shared_memory_byte_size";

    private final Map<String, InferParameter> parameters;
    private final String tensor;

    private RegionParameters(Map<String, InferParameter> parameters, String tensor) {
        this.parameters = parameters;
        this.tensor = tensor;
    }

    /// Whether a tensor is said to lie in a region.
    static boolean isGiven(Map<String, InferParameter> parameters) {
        return parameters.containsKey(REGION);
    }

    /// The place of a tensor; null where it is part of the message.
    ///
    /// @throws ServingException when there is no such region, or a parameter is not what it must be
    static @Nullable RegionRange range(
            Map<String, InferParameter> parameters, String tensor, ClientRegions regions)
            throws ServingException {
        return parameters.isEmpty()
                ? null
                : new RegionParameters(parameters, tensor).range(regions);
    }

    private @Nullable RegionRange range(ClientRegions regions) throws ServingException {
        InferParameter region = parameters.get(REGION);
        if (region == null) {
            refuseAlone(OFFSET);
            refuseAlone(SIZE);
            return null;
        }
        regions.checkAllowed();
        if (!region.hasStringParam()) {
            throw wrongType(REGION, "string_param");
        }
        long offset = number(OFFSET);
        if (!parameters.containsKey(SIZE)) {
            throw Failures.invalid(
                    "'%s' must be specified along with '%s' parameter for tensor '%s'"
                            .formatted(SIZE, REGION, tensor));
        }
        return regions.range(region.getStringParam(), offset, number(SIZE));
    }

    private void refuseAlone(String name) throws ServingException {
        if (parameters.containsKey(name)) {
            throw Failures.invalid(
                    "'%s' can not be specified without '%s' parameter for tensor '%s'"
                            .formatted(name, REGION, tensor));
        }
    }

    private long number(String name) throws ServingException {
        InferParameter value = parameters.get(name);
        if (value == null) {
            return 0;
        }
        if (!value.hasInt64Param()) {
            throw wrongType(name, "int64_param");
        }
        return value.getInt64Param();
    }

    private ServingException wrongType(String name, String expected) {
        return Failures.invalid(
                "invalid value type for '%s' parameter for tensor '%s', expected %s."
                        .formatted(name, tensor, expected));
    }
}
