package dev.espalier.server.repository;

import dev.espalier.protocol.ModelConfig;
import dev.espalier.server.config.BackendOptions;
import dev.espalier.server.config.RepositoryOptions;
import dev.espalier.server.failure.ServingException;
import dev.espalier.server.formats.ModelDescription;
import dev.espalier.server.formats.ModelFormats;
import dev.espalier.server.formats.OpNeeds;
import dev.espalier.server.ops.Candidate;
import dev.espalier.server.ops.CandidateText;
import dev.espalier.server.ops.LibraryFinder;
import dev.espalier.server.ops.Refusal;
import dev.espalier.server.ops.Resolution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Explains where the ops of a model come from: each need, where it was looked for, what was chosen, and
/// why.
public final class OpExplanation {
    /// A place with more libraries is told by their number.
    private static final int MOST_LIBRARIES = 20;

    private final RepositoryOptions repositories;
    private final ModelFormats formats;
    private final ModelOps ops;
    private final Consumer<String> out;

    /// @param out takes the lines
    public OpExplanation(
            RepositoryOptions repositories,
            ModelFormats formats,
            ModelOps ops,
            Consumer<String> out) {
        this.repositories = repositories;
        this.formats = formats;
        this.ops = ops;
        this.out = out;
    }

    /// Explains every version of a model that would be served.
    ///
    /// @return whether all of them can be
    /// @throws ServingException when there is no such model, or its configuration is wrong
    public boolean explain(String model) throws ServingException, InterruptedException {
        ModelPlace place = new RepositoryFolders(repositories.folders()).find(model);
        ModelFolder folder =
                ModelFolder.read(place, repositories, new BackendOptions(0, Map.of()), formats);
        boolean good = true;
        for (long version : folder.versions()) {
            good &= explain(place, folder, version);
        }
        return good;
    }

    private boolean explain(ModelPlace place, ModelFolder folder, long version)
            throws InterruptedException {
        String name = "model '%s' version %d".formatted(place.name(), version);
        try {
            Path file = folder.modelFile(version);
            ModelDescription description = folder.describe(file, file);
            ModelConfig _ = folder.completed(description);
            OpNeeds needs = description.needs();
            out.accept(
                    "%s (%s) needs %d custom op%s"
                            .formatted(
                                    name,
                                    file,
                                    needs.custom().size(),
                                    needs.custom().size() == 1 ? "" : "s"));
            LibraryFinder.Site site = ops.site(place, folder, version);
            Resolution resolution = ops.resolve(site, folder, needs);
            resolution.needs().forEach(this::explain);
            out.accept("looked in");
            site.places().forEach(folderOrFile -> look(folderOrFile, resolution.candidates()));
            out.accept("engine: " + resolution.engine());
            out.accept("op set: " + resolution.ops().label());
            Optional<String> refusal = new Refusal(site, resolution).text();
            out.accept(
                    refusal.map(text -> "REFUSED: %s cannot be served: %s".formatted(name, text))
                            .orElse("OK: %s can be served".formatted(name)));
            return refusal.isEmpty();
        } catch (ServingException failure) {
            out.accept("REFUSED: %s cannot be served: %s".formatted(name, failure.text()));
            return false;
        }
    }

    private void explain(Resolution.Need need) {
        out.accept("  " + need.op());
        switch (need) {
            case Resolution.Met met -> {
                tell("from", met.by(), met.shadowed().isEmpty() ? "the only one" : "the nearest");
                met.shadowed().forEach(library -> tell("hides", library, "farther away"));
            }
            case Resolution.Ambiguous ambiguous ->
                    ambiguous.by().forEach(library -> tell("either", library, "equally near"));
            case Resolution.Missing missing ->
                    out.accept(
                            missing.nearMiss().isEmpty()
                                    ? "    from no library"
                                    : "    from no library: " + missing.nearMiss());
        }
    }

    private void tell(String relation, Candidate library, String why) {
        out.accept(
                "    %s %s, %s%s (%s): %s"
                        .formatted(
                                relation,
                                library.label(),
                                library.located().distance().text(),
                                library.located().named() ? ", named in model_operations" : "",
                                library.located().file(),
                                why));
    }

    private void look(Path place, List<Candidate> candidates) {
        List<Candidate> here =
                candidates.stream()
                        .filter(candidate -> candidate.located().file().startsWith(place))
                        .toList();
        if (here.isEmpty()) {
            out.accept(
                    "  %s: %s".formatted(place, Files.exists(place) ? "no library" : "not there"));
        }
        if (here.size() > MOST_LIBRARIES) {
            out.accept("  %s: %d libraries".formatted(place, here.size()));
            return;
        }
        for (Candidate candidate : here) {
            out.accept(
                    "  %s: %s has %s"
                            .formatted(place, candidate.label(), CandidateText.summary(candidate)));
        }
    }
}
