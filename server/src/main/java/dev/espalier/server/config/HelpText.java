package dev.espalier.server.config;

import dev.espalier.server.config.FlagType.Choice;
import dev.espalier.server.config.FlagType.Switch;
import dev.espalier.server.config.FlagType.Text;
import dev.espalier.server.config.FlagType.Whole;

/// The text of `--help`, written from the table.
final class HelpText {
    private static final int WIDTH = 96;

    private HelpText() {}

    static String write() {
        StringBuilder out = new StringBuilder();
        out.append("Usage: trtserver --model-repository=<folder> [options]\n\n");
        wrap(
                out,
                "",
                "Options are written --name=value or --name value; booleans take true, on, 1,"
                        + " false, off, 0, and a bare --name means true.");
        for (FlagGroup group : FlagGroup.values()) {
            out.append('\n').append(group.title()).append('\n');
            for (Flag flag : Flag.all()) {
                if (flag.row().group() == group) {
                    write(out, flag);
                }
            }
        }
        out.append("\nTriton's options that are accepted and have no effect\n");
        wrap(out, "  ", "--" + String.join(" --", UnavailableFlags.acceptedNames()));
        return out.toString();
    }

    private static void write(StringBuilder out, Flag flag) {
        out.append("  --").append(flag.text()).append('=').append(form(flag.row().type()));
        if (!flag.row().fallback().isEmpty()) {
            out.append("   (").append(flag.row().fallback()).append(')');
        }
        flag.row().aliases().forEach(alias -> out.append("   also --").append(alias));
        out.append('\n');
        wrap(out, "      ", flag.row().help());
    }

    private static String form(FlagType type) {
        return switch (type) {
            case Switch() -> "<bool>";
            case Whole(_, _) -> "<number>";
            case Text(String form) -> form;
            case Choice(var words) -> String.join("|", words);
        };
    }

    private static void wrap(StringBuilder out, String indent, String text) {
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + 1 + word.length() > WIDTH) {
                out.append('\n');
                column = 0;
            }
            String gap = column == 0 ? indent : " ";
            out.append(gap).append(word);
            column += gap.length() + word.length();
        }
        out.append('\n');
    }
}
