package dev.espalier.server.repository.fields;

import dev.espalier.server.EngineList;
import dev.espalier.server.formats.Backend;
import dev.espalier.server.formats.BackendKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Makes `docs/configuration.md` of the tables: `main FILE` writes it.
final class ConfigurationPage {
    private static final String HEAD =
            """
            # What becomes of each field of config.pbtxt

            Nothing that a configuration says is dropped in silence. Each field is

            - **honoured**: it does what it does in Triton;
            - **told** of: it has no effect, and serving without it is right. The log has a line at level W, and the model's notes
              have it: `espalier models`, `GET /v2/espalier/models` for all models, `GET /v2/espalier/models/<model>` for one;
            - **refused**: serving without it would be wrong. The model is UNAVAILABLE with the field's name in the reason, and the
              others serve.

            A name that is none is refused where it is a field's, with the nearest that there is (`did you mean`), and told of where
            it is a key of `parameters` or of `--backend-config`, since Triton leaves those to its backends.

            This page is made from the tables in the code (`FieldTable`, `ParameterTable`, and `BackendKeys` of each engine); a test
            holds them together.

            ## Fields

            | field | | |
            |---|---|---|
            """;

    private ConfigurationPage() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), text());
    }

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        for (FieldRow row : FieldTable.rows()) {
            if (row.ever()) {
                line(page, "`" + row.path() + "`", "honoured", row.remark());
            }
            for (Clause clause : row.clauses()) {
                line(
                        page,
                        "`"
                                + row.path()
                                + "`"
                                + (clause.when().isEmpty() ? "" : " " + clause.when()),
                        clause.verdict().name().toLowerCase(Locale.ROOT),
                        clause.why());
            }
        }
        page.append(
                """

                ## Keys of `parameters`

                | key | models of | | |
                |---|---|---|---|
                """);
        ParameterTable.HONOURED.forEach(
                (key, why) -> key(page, key, "any engine", "honoured", why));
        ParameterTable.TOLD.forEach((key, why) -> key(page, key, "any engine", "told", why));
        for (Map.Entry<String, BackendKeys> engine : engines().entrySet()) {
            BackendKeys keys = engine.getValue();
            for (String name : new TreeSet<>(keys.parameters())) {
                key(page, name, engine.getKey(), "honoured", "");
            }
            for (String prefix : keys.prefixes()) {
                key(
                        page,
                        prefix + "*",
                        engine.getKey(),
                        "honoured",
                        "handed to the engine as it is");
            }
            new TreeMap<>(keys.ineffective())
                    .forEach((name, why) -> key(page, name, engine.getKey(), "told", why));
        }
        key(
                page,
                "…",
                "any engine",
                "told",
                "any other: the engine takes no parameter of this name");
        page.append(
                """

                ## Instances

                Without `instance_group`, or without its `count`, a model has as many instances as in Triton:

                """);
        engines()
                .forEach((name, keys) ->
                        page.append("- %s: %d%n".formatted(name, keys.cpuInstances())));
        return page.toString();
    }

    private static Map<String, BackendKeys> engines() {
        Map<String, BackendKeys> engines = new TreeMap<>();
        for (Backend backend :
                EngineList.ALL.formats().all().stream().map(format -> format.backend()).toList()) {
            engines.put(backend.name(), backend.keys());
        }
        return engines;
    }

    private static void key(
            StringBuilder page, String key, String engine, String verdict, String why) {
        line(page, "`" + key + "`", engine, verdict, why);
    }

    private static void line(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", List.of(cells))).append(" |\n");
    }
}
