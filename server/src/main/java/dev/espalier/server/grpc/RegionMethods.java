package dev.espalier.server.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.espalier.protocol.CudaSharedMemoryRegisterRequest;
import dev.espalier.protocol.CudaSharedMemoryRegisterResponse;
import dev.espalier.protocol.CudaSharedMemoryStatusRequest;
import dev.espalier.protocol.CudaSharedMemoryStatusResponse;
import dev.espalier.protocol.CudaSharedMemoryUnregisterRequest;
import dev.espalier.protocol.CudaSharedMemoryUnregisterResponse;
import dev.espalier.protocol.SystemSharedMemoryRegisterRequest;
import dev.espalier.protocol.SystemSharedMemoryRegisterResponse;
import dev.espalier.protocol.SystemSharedMemoryStatusRequest;
import dev.espalier.protocol.SystemSharedMemoryStatusResponse;
import dev.espalier.protocol.SystemSharedMemoryUnregisterRequest;
import dev.espalier.protocol.SystemSharedMemoryUnregisterResponse;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.regions.RegionStatus;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/// The methods about clients' shared memory. They wait for the regions' files, so virtual threads answer them.
final class RegionMethods {
    private final GrpcServices services;
    private final ClientRegions regions;
    private final ServerServiceDefinition.Builder service;
    private final String serviceName;

    RegionMethods(
            GrpcServices services, ServerServiceDefinition.Builder service, String serviceName) {
        this.services = services;
        this.regions = services.regions();
        this.service = service;
        this.serviceName = serviceName;
    }

    void add() {
        add(
                "SystemSharedMemoryStatus",
                SystemSharedMemoryStatusRequest.parser(),
                request ->
                        statuses(
                                request.getName().isEmpty()
                                        ? regions.statuses()
                                        : List.of(regions.status(request.getName()))));
        add(
                "SystemSharedMemoryRegister",
                SystemSharedMemoryRegisterRequest.parser(),
                request -> {
                    regions.register(
                            request.getName(),
                            request.getKey(),
                            request.getOffset(),
                            request.getByteSize());
                    return SystemSharedMemoryRegisterResponse.getDefaultInstance();
                });
        add(
                "SystemSharedMemoryUnregister",
                SystemSharedMemoryUnregisterRequest.parser(),
                request -> {
                    if (request.getName().isEmpty()) {
                        regions.unregisterAll();
                    } else {
                        regions.unregister(request.getName());
                    }
                    return SystemSharedMemoryUnregisterResponse.getDefaultInstance();
                });
        add(
                "CudaSharedMemoryStatus",
                CudaSharedMemoryStatusRequest.parser(),
                request -> {
                    regions.checkOnGpu(request.getName());
                    return CudaSharedMemoryStatusResponse.getDefaultInstance();
                });
        add(
                "CudaSharedMemoryRegister",
                CudaSharedMemoryRegisterRequest.parser(),
                _ -> {
                    regions.registerOnGpu();
                    return CudaSharedMemoryRegisterResponse.getDefaultInstance();
                });
        add(
                "CudaSharedMemoryUnregister",
                CudaSharedMemoryUnregisterRequest.parser(),
                _ -> {
                    regions.checkAllowed();
                    return CudaSharedMemoryUnregisterResponse.getDefaultInstance();
                });
    }

    private static SystemSharedMemoryStatusResponse statuses(List<RegionStatus> regions) {
        SystemSharedMemoryStatusResponse.Builder response =
                SystemSharedMemoryStatusResponse.newBuilder();
        for (RegionStatus region : regions) {
            response.putRegions(
                    region.name(),
                    SystemSharedMemoryStatusResponse.RegionStatus.newBuilder()
                            .setName(region.name())
                            .setKey(region.key())
                            .setOffset(region.offset())
                            .setByteSize(region.byteSize())
                            .build());
        }
        return response.build();
    }

    private <Q extends Message> void add(
            String name, Parser<Q> parser, UnaryMethod.Answer<Q> answer) {
        UnaryMethod.addAwaited(service, serviceName, name, parser, answer, services.errors());
    }
}
