package dev.espalier.server.grpc;

import dev.espalier.protocol.ops.OpLibrariesRequest;
import dev.espalier.protocol.ops.OpLibrariesResponse;
import dev.espalier.protocol.ops.OpLibrary;
import dev.espalier.protocol.ops.OpService;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.repository.OpLibraryRefusal;
import dev.espalier.server.repository.OpLibraryReport;
import dev.espalier.server.repository.OpLibraryUse;
import io.grpc.ServerServiceDefinition;

/// The service `espalier.OpLibraryService`: what there is of op libraries.
final class OpLibraryProtocol {
    private static final String NAME = "espalier.OpLibraryService";

    private OpLibraryProtocol() {}

    static ServerServiceDefinition service(GrpcServices services) {
        OpCatalog ops = services.ops();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(NAME);
        UnaryMethod.addAwaited(
                service,
                NAME,
                "OpLibraries",
                OpLibrariesRequest.parser(),
                request ->
                        described(
                                request.getModel().isEmpty()
                                        ? ops.opLibraries()
                                        : ops.opLibraries(request.getModel())),
                services.errors());
        return Reflection.described(service.build(), OpService::getDescriptor);
    }

    private static OpLibrariesResponse described(OpLibraryReport report) {
        OpLibrariesResponse.Builder response = OpLibrariesResponse.newBuilder();
        report.libraries().forEach(library -> response.addLibraries(described(library)));
        for (OpLibraryRefusal refusal : report.refused()) {
            response.addRefusedBuilder()
                    .setName(refusal.name())
                    .setPlace(refusal.place())
                    .setReason(refusal.reason());
        }
        return response.build();
    }

    private static OpLibrary described(OpLibraryUse use) {
        OpLibrary.Builder library =
                OpLibrary.newBuilder()
                        .setName(use.name())
                        .setSha256(use.sha256())
                        .setEngine(use.engine())
                        .addAllOps(use.ops())
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
        for (OpLibraryUse.Shadow shadow : use.shadows()) {
            library.addShadowsBuilder()
                    .setOp(shadow.op())
                    .setLibrary(shadow.library())
                    .setPlace(shadow.place());
        }
        return library.build();
    }
}
