package dev.espalier.engines.pytorch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What libtorch's exceptions say to users: the words of the op that failed, and where in the model that was,
/// without the stack traces of C++ and of TorchScript's interpreter.
final class TorchError {
    private static final String LAST = "RuntimeError: ";
    private static final int LONGEST = 2000;

    /// What ends the words themselves.
    private static final Pattern REST =
            Pattern.compile("\\n(Exception raised from |:\\n|frame #0: )", Pattern.UNIX_LINES);

    /// The call in the line above its mark.
    private static final Pattern PLACE =
            Pattern.compile(
                    "(?m)^(?<line>.*)\\n(?<blank> *)(?<mark>~+) <--- HERE", Pattern.UNIX_LINES);

    private TorchError() {}

    static String text(RuntimeException failure) {
        String said = String.valueOf(failure.getMessage());
        int last = said.lastIndexOf(LAST);
        String words = last < 0 ? said : said.substring(last + LAST.length());
        Matcher rest = REST.matcher(words);
        if (rest.find()) {
            words = words.substring(0, rest.start());
        }
        words = words.strip().replaceAll("\\s*\\n\\s*", " ");
        if (words.length() > LONGEST) {
            words = words.substring(0, LONGEST) + "...";
        }
        String place = last < 0 ? "" : place(said);
        return place.isEmpty() ? words : place + ": " + words;
    }

    /// The function that the interpreter was at, such as `torch.add`; empty where that is not told.
    private static String place(String said) {
        Matcher place = PLACE.matcher(said);
        if (!place.find()) {
            return "";
        }
        String line = place.group("line");
        int from = place.group("blank").length();
        int to = Math.min(line.length(), from + place.group("mark").length());
        if (from >= to) {
            return "";
        }
        String call = line.substring(from, to);
        int arguments = call.indexOf('(');
        String function = arguments < 0 ? call : call.substring(0, arguments);
        return function.matches("[\\w.]{1,200}") ? function : "";
    }
}
