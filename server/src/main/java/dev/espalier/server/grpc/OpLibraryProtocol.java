package dev.espalier.server.grpc;

import dev.espalier.protocol.ops.OpLibrariesRequest;
import dev.espalier.protocol.ops.OpLibrariesResponse;
import dev.espalier.protocol.ops.OpLibrary;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.repository.OpLibraryUse;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/// The service `espalier.OpLibraryService`: what there is of op libraries.
final class OpLibraryProtocol {
    private static final String NAME = "espalier.OpLibraryService";

    private OpLibraryProtocol() {}

    static ServerServiceDefinition service(OpCatalog ops) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(NAME);
        UnaryMethod.add(
                service,
                NAME,
                "OpLibraries",
                OpLibrariesRequest.parser(),
                request ->
                        described(
                                request.getModel().isEmpty()
                                        ? ops.opLibraries()
                                        : ops.opLibraries(request.getModel())));
        return service.build();
    }

    private static OpLibrariesResponse described(List<OpLibraryUse> libraries) {
        OpLibrariesResponse.Builder response = OpLibrariesResponse.newBuilder();
        libraries.forEach(library -> response.addLibraries(described(library)));
        return response.build();
    }

    private static OpLibrary described(OpLibraryUse use) {
        OpLibrary.Builder library =
                OpLibrary.newBuilder()
                        .setName(use.name())
                        .setSha256(use.sha256())
                        .setEngine(use.engine())
                        .addAllPlaces(use.places())
                        .setLoadUs(use.loadMicros());
        for (OpLibraryUse.Model model : use.models()) {
            library.addModelsBuilder().setName(model.name()).setVersion(model.version());
        }
        for (OpLibraryUse.Worker worker : use.workers()) {
            library.addWorkersBuilder()
                    .setName(worker.name())
                    .setPid(worker.pid())
                    .setDeaths(worker.deaths());
        }
        return library.build();
    }
}
