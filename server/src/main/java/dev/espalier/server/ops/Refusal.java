package dev.espalier.server.ops;

import dev.espalier.server.ops.Candidate.Unusable;
import dev.espalier.server.ops.Candidate.Usable;
import dev.espalier.server.ops.LibraryFinder.Site;
import dev.espalier.server.ops.Resolution.Ambiguous;
import dev.espalier.server.ops.Resolution.Missing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Why a model version cannot be served with the op libraries that there are: everything that is wrong, and
/// what to do.
public record Refusal(Site site, Resolution resolution) {
    /// How many missing ops are named. A file may name any number, of any length.
    private static final int MOST_NAMED = 20;

    private static final int LONGEST_NAME = 500;

    /// The reasons in one text; empty where the version can be served.
    public Optional<String> text() {
        List<String> reasons = new ArrayList<>();
        resolution.broken().forEach(library -> reasons.add(library.text()));
        List<Missing> missing = new ArrayList<>();
        for (Resolution.Need need : resolution.needs()) {
            switch (need) {
                case Ambiguous ambiguous -> reasons.add(ambiguous(ambiguous));
                case Missing absent -> missing.add(absent);
                case Resolution.Met _ -> {}
            }
        }
        if (!missing.isEmpty()) {
            reasons.add(missing(missing));
        }
        resolution.clashes().forEach(clash -> reasons.add(clash.text()));
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    private String missing(List<Missing> missing) {
        String text =
                "%s %s by no op library (looked in %s)"
                        .formatted(
                                missing.stream()
                                                .limit(MOST_NAMED)
                                                .map(Refusal::named)
                                                .collect(Collectors.joining(", "))
                                        + (missing.size() > MOST_NAMED
                                                ? " and %d more"
                                                        .formatted(missing.size() - MOST_NAMED)
                                                : ""),
                                missing.size() == 1 ? "is provided" : "are provided",
                                site.places().stream()
                                        .map(Path::toString)
                                        .collect(Collectors.joining(", ")));
        List<Unusable> elsewhere = resolution.brokenElsewhere();
        return elsewhere.isEmpty()
                ? text
                : text
                        + "; not usable: "
                        + elsewhere.stream().map(Unusable::text).collect(Collectors.joining("; "));
    }

    private static String named(Missing missing) {
        String op = missing.op().toString();
        String name = op.length() > LONGEST_NAME ? op.substring(0, LONGEST_NAME) + "..." : op;
        return missing.nearMiss().isEmpty()
                ? "op " + name
                : "op %s (%s)".formatted(name, missing.nearMiss());
    }

    private String ambiguous(Ambiguous ambiguous) {
        Usable first = ambiguous.by().getFirst();
        return "op %s is provided by %d libraries that are equally near: %s; choose one: %s, or %s, or take the other away"
                .formatted(
                        ambiguous.op(),
                        ambiguous.by().size(),
                        ambiguous.by().stream()
                                .map(library ->
                                        "%s (%s)"
                                                .formatted(
                                                        library.label(), library.located().file()))
                                .collect(Collectors.joining(", ")),
                        naming(first),
                        moving(first.located().distance()));
    }

    private String naming(Usable library) {
        Path file = library.located().file();
        if (file.startsWith(site.model())) {
            return naming(site.model().relativize(file));
        }
        if (file.startsWith(site.shelf().folder())) {
            return naming(site.shelf().folder().relativize(file));
        }
        return "put it into the shelf %s and name it in model_operations"
                .formatted(site.shelf().folder());
    }

    private static String naming(Path name) {
        return "name it in model_operations { op_library_filename: \"%s\" } (and no other)"
                .formatted(name);
    }

    private String moving(Distance distance) {
        return switch (distance) {
            case VERSION -> "put the other farther away, into " + site.modelLibraries();
            case MODEL -> "put it nearer, into " + site.versionLibraries();
            case SHELF, SERVER -> "put it nearer, into " + site.modelLibraries();
        };
    }
}
