package dev.espalier.server.grpc;

import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.failure.InternalErrors;
import dev.espalier.server.health.Health;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.logging.LogSettings;
import dev.espalier.server.memory.ClientMemory;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelControl;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.tracing.Tracing;
import dev.espalier.server.work.WorkPool;

/// What the gRPC methods need of the rest of the server.
///
/// @param restrictions what else it takes to ask
/// @param regions where in shared memory clients have tensors
/// @param memory for what clients' requests and answers take up
/// @param work for what would hold up an event loop
/// @param errors for what nobody expected
public record GrpcServices(
        Inferences inferences,
        ModelCatalog catalog,
        ModelControl control,
        OpCatalog ops,
        ServerInfo info,
        Health health,
        AccessTokens tokens,
        ApiRestrictions restrictions,
        LogSettings log,
        Tracing tracing,
        ClientRegions regions,
        CopiedBytes copied,
        ClientMemory memory,
        WorkPool work,
        InternalErrors errors) {}
