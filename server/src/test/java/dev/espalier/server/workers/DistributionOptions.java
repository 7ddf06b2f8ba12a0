package dev.espalier.server.workers;

import dev.espalier.link.LinkKind;
import dev.espalier.server.config.GrantRules;
import dev.espalier.server.config.SandboxOptions;
import dev.espalier.server.config.SupervisionOptions;
import dev.espalier.server.config.UnreadLimit;
import dev.espalier.server.config.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The options of a server whose distribution, state and engine packs lie in one folder.
final class DistributionOptions {
    private DistributionOptions() {}

    static WorkerOptions in(Path folder, LinkKind link, SandboxOptions.Mode sandbox) {
        return in(folder, link, sandbox, GrantRules.NONE);
    }

    static WorkerOptions in(
            Path folder, LinkKind link, SandboxOptions.Mode sandbox, GrantRules grants) {
        return new WorkerOptions(
                0,
                UnreadLimit.DEFAULT,
                folder,
                folder,
                folder,
                folder,
                folder.resolve("none.aot"),
                List.of(),
                link,
                new SandboxOptions(sandbox, List.of()),
                grants,
                new SupervisionOptions(0, 0, 0, Duration.ZERO, Duration.ZERO, false),
                false);
    }
}
