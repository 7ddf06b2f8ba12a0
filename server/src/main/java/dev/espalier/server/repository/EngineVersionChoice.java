package dev.espalier.server.repository;

import dev.espalier.server.failure.ErrorCode;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.EngineVersion;
import dev.espalier.server.ops.LibraryFinder;
import dev.espalier.server.ops.OpLibraries;
import dev.espalier.server.ops.Refusal;
import dev.espalier.server.ops.Resolution;
import java.util.List;
import java.util.stream.Collectors;

/// Chooses the engine version that a model version runs with, and what its op libraries are with it: the
/// engine version that the configuration names; else the one that built the model's file, where no other loads it; else the
/// default; else, where an op library was built for
/// another one, the newest of those installed with which the model can be served.
///
/// ```text
/// parameters { key: "engine_version" value { string_value: "2.16.2" } }
/// ```
record EngineVersionChoice(OpLibraries libraries, ModelFolder folder) {

    /// @throws ServingException when the engine version that the model names is not installed
    Resolution resolve(LibraryFinder.Site site, OpNeeds needs)
            throws ServingException, InterruptedException {
        if (!folder.engineVersion().isEmpty()) {
            return resolve(
                    site,
                    installed(folder.engineVersion(), "parameter 'engine_version' asks for"),
                    needs);
        }
        if (!needs.engineVersion().isEmpty()) {
            return resolve(
                    site,
                    installed(needs.engineVersion(), "the model's file was built with"),
                    needs);
        }
        EngineVersion standard = libraries.engines().standard(folder.engine());
        Resolution first = resolve(site, standard, needs);
        if (first.hasOtherVersions() && isRefused(site, first)) {
            for (EngineVersion other : libraries.engines().installed(folder.engine())) {
                Resolution resolution =
                        other.equals(standard) ? first : resolve(site, other, needs);
                if (!isRefused(site, resolution)) {
                    return resolution;
                }
            }
        }
        return first;
    }

    /// The engine version of that number.
    ///
    /// @param who wants it, for the message
    private EngineVersion installed(String version, String who) throws ServingException {
        EngineVersion named = new EngineVersion(folder.engine(), version);
        List<EngineVersion> installed = libraries.engines().installed(folder.engine());
        if (!installed.contains(named)) {
            throw new ServingException(
                    ErrorCode.UNAVAILABLE,
                    "%s %s, which is not installed (installed: %s); install it with: espalier engine install %s, and load the model again"
                            .formatted(
                                    who,
                                    named,
                                    installed.isEmpty()
                                            ? "no " + folder.engine()
                                            : installed.stream()
                                                    .map(EngineVersion::toString)
                                                    .collect(Collectors.joining(", ")),
                                    named));
        }
        return named;
    }

    private Resolution resolve(LibraryFinder.Site site, EngineVersion engine, OpNeeds needs)
            throws ServingException, InterruptedException {
        return libraries.resolve(site, engine, folder.namedOpLibraries(), needs);
    }

    private static boolean isRefused(LibraryFinder.Site site, Resolution resolution) {
        return new Refusal(site, resolution).text().isPresent();
    }
}
