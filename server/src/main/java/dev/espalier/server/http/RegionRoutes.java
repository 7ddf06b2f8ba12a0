package dev.espalier.server.http;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionStatus;
import java.util.List;

/// Answers the routes of clients' shared memory: status, register, unregister. Waits for the regions' files. Safe for
/// use by several threads.
final class RegionRoutes {
    private final ClientRegions regions;

    RegionRoutes(ClientRegions regions) {
        this.regions = regions;
    }

    /// Whether a route is one of these.
    static boolean answers(Operation operation) {
        return switch (operation) {
            case REGION_STATUS,
                    REGION_REGISTER,
                    REGION_UNREGISTER,
                    GPU_REGION_STATUS,
                    GPU_REGION_REGISTER,
                    GPU_REGION_UNREGISTER ->
                    true;
            default -> false;
        };
    }

    Reply answer(Route route, byte[] body) throws ServingException {
        regions.checkAllowed();
        String name = route.model();
        switch (route.operation()) {
            case REGION_STATUS -> {
                return Reply.json(Descriptions.regions(statuses(name)));
            }
            case REGION_REGISTER -> register(name, body);
            case REGION_UNREGISTER -> unregister(name);
            case GPU_REGION_STATUS -> {
                regions.checkOnGpu(name);
                return Reply.json(Descriptions.regions(List.of()));
            }
            case GPU_REGION_REGISTER -> regions.registerOnGpu();
            case GPU_REGION_UNREGISTER -> {
                // There is none.
            }
            default ->
                    throw new IllegalStateException(route.operation() + " is no route of a region");
        }
        return Reply.empty(200);
    }

    private List<RegionStatus> statuses(String name) throws ServingException {
        return name.isEmpty() ? regions.statuses() : List.of(regions.status(name));
    }

    private void register(String name, byte[] body) throws ServingException {
        if (name.isEmpty()) {
            throw new ServingException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'region name' is necessary to register system shared memory region");
        }
        RegionStatus asked = RegisterRequestParser.parse(name, body);
        regions.register(name, asked.key(), asked.offset(), asked.byteSize());
    }

    private void unregister(String name) throws ServingException {
        if (name.isEmpty()) {
            regions.unregisterAll();
        } else {
            regions.unregister(name);
        }
    }
}
