package dev.espalier.server.http;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.access.AccessTokens;
import dev.espalier.server.config.ApiRestrictions;
import dev.espalier.server.health.Health;
import dev.espalier.server.health.ServerInfo;
import dev.espalier.server.health.WorkerStatus;
import dev.espalier.server.inference.Inferences;
import dev.espalier.server.logging.LogSettings;
import dev.espalier.server.metrics.CopiedBytes;
import dev.espalier.server.regions.ClientRegions;
import dev.espalier.server.repository.ModelCatalog;
import dev.espalier.server.repository.ModelControl;
import dev.espalier.server.repository.OpCatalog;
import dev.espalier.server.tracing.Tracing;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the HTTP routes need of the rest of the server.
///
/// @param restrictions what else it takes to ask
/// @param regions where in shared memory clients have tensors
/// @param means what each connection needs
/// @param configJson a model's configuration as Triton writes it in JSON
/// @param workers the workers as operators see them
public record HttpServices(
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
        HttpMeans means,
        Function<ModelConfig, String> configJson,
        Supplier<List<WorkerStatus>> workers) {}
