package dev.espalier.server.ops.elf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A symbol's name as its author wrote it: `_ZN4mine6kernelEPKf` is `mine::kernel(float const*)`. Knows the
/// part of the Itanium C++ ABI's name mangling that names and parameters of ordinary functions need; of
/// any other symbol it tells the names in it, and of one that is none of C++, the symbol itself.
///
/// A symbol is foreign bytes, and what it refers back to may double with each of them: what is made of it has
/// a longest length and a greatest depth.
public final class SymbolName {
    private static final Map<Character, String> TYPES =
            Map.ofEntries(
                    Map.entry('v', "void"),
                    Map.entry('b', "bool"),
                    Map.entry('c', "char"),
                    Map.entry('a', "signed char"),
                    Map.entry('h', "unsigned char"),
                    Map.entry('s', "short"),
                    Map.entry('t', "unsigned short"),
                    Map.entry('i', "int"),
                    Map.entry('j', "unsigned int"),
                    Map.entry('l', "long"),
                    Map.entry('m', "unsigned long"),
                    Map.entry('x', "long long"),
                    Map.entry('y', "unsigned long long"),
                    Map.entry('f', "float"),
                    Map.entry('d', "double"),
                    Map.entry('e', "long double"),
                    Map.entry('z', "..."));

    private static final Map<Character, String> STANDARD =
            Map.of(
                    't', "std",
                    's', "std::string",
                    'o', "std::ostream",
                    'i', "std::istream",
                    'a', "std::allocator",
                    'b', "std::basic_string");

    /// Longer symbols are not read.
    private static final int LONGEST_SYMBOL = 4_096;

    /// Longer names are shortened, and not gone on with.
    private static final int LONGEST = 1_000;

    private static final int DEEPEST = 64;

    private final String symbol;

    /// What later parts of the name may refer back to.
    private final List<String> seen = new ArrayList<>();

    /// What stands behind the parameters of a method that changes nothing.
    private String qualifier = "";

    private int at;
    private int depth;

    private SymbolName(String symbol) {
        this.symbol = symbol;
    }

    /// The symbol for people. What cannot be read in full stands with the symbol itself.
    public static String readable(String symbol) {
        if (!symbol.startsWith("_Z") || symbol.length() > LONGEST_SYMBOL) {
            return shortened(symbol);
        }
        try {
            return shortened(new SymbolName(symbol).function());
        } catch (Unreadable | IndexOutOfBoundsException | NumberFormatException _) {
            String names = names(symbol);
            return names.isEmpty()
                    ? shortened(symbol)
                    : shortened(names) + " [" + shortened(symbol) + "]";
        }
    }

    private static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }

    private static String limited(String name) throws Unreadable {
        if (name.length() > LONGEST) {
            throw new Unreadable();
        }
        return name;
    }

    /// The rule of the ABI that a symbol follows is not among those here, or what it makes is too long.
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private String function() throws Unreadable {
        at = 2;
        String name = name();
        if (at == symbol.length()) {
            return name;
        }
        String list = type();
        while (at < symbol.length()) {
            list = limited(list + ", " + type());
        }
        return name + "(" + (list.equals("void") ? "" : list) + ")" + qualifier;
    }

    private String name() throws Unreadable {
        if (!take('N')) {
            return unqualified("");
        }
        if (take('K')) {
            qualifier = " const";
        }
        String name = "";
        while (!take('E')) {
            boolean reference = symbol.charAt(at) == 'S';
            String part = unqualified(name);
            name = name.isEmpty() ? part : limited(name + "::" + part);
            if (!reference && symbol.charAt(at) != 'E') {
                seen.add(name);
            }
        }
        return name;
    }

    private String unqualified(String scope) throws Unreadable {
        char next = symbol.charAt(at);
        if (Character.isDigit(next)) {
            return source();
        }
        if (next == 'S') {
            return reference();
        }
        if (next == 'C' || next == 'D') {
            at += 2;
            String own = scope.substring(scope.lastIndexOf(':') + 1);
            return next == 'C' ? own : "~" + own;
        }
        throw new Unreadable();
    }

    private String source() {
        int begin = at;
        while (Character.isDigit(symbol.charAt(at))) {
            at++;
        }
        int length = Integer.parseInt(symbol.substring(begin, at));
        at += length;
        return symbol.substring(at - length, at);
    }

    private String reference() throws Unreadable {
        at++;
        char which = symbol.charAt(at++);
        String standard = STANDARD.get(which);
        if (standard != null) {
            return which == 't' && Character.isDigit(symbol.charAt(at))
                    ? remembered(standard + "::" + source())
                    : standard;
        }
        int index = 0;
        if (which != '_') {
            index = Character.digit(which, 36) + 1;
            if (!take('_')) {
                throw new Unreadable();
            }
        }
        if (index >= seen.size()) {
            throw new Unreadable();
        }
        return seen.get(index);
    }

    private String type() throws Unreadable {
        char next = symbol.charAt(at);
        String builtIn = TYPES.get(next);
        if (builtIn != null) {
            at++;
            return builtIn;
        }
        return switch (next) {
            case 'P' -> remembered(qualified("*"));
            case 'R' -> remembered(qualified("&"));
            case 'O' -> remembered(qualified("&&"));
            case 'K' -> remembered(qualified(" const"));
            case 'S' -> reference();
            case 'N' -> remembered(name());
            default -> {
                if (!Character.isDigit(next)) {
                    throw new Unreadable();
                }
                yield remembered(source());
            }
        };
    }

    private String qualified(String suffix) throws Unreadable {
        at++;
        if (++depth > DEEPEST) {
            throw new Unreadable();
        }
        String name = type() + suffix;
        depth--;
        return name;
    }

    private String remembered(String name) throws Unreadable {
        seen.add(limited(name));
        return name;
    }

    private boolean take(char wanted) {
        if (symbol.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    /// The names that stand in a symbol that cannot be read otherwise, up to its parameters.
    private static String names(String symbol) {
        SymbolName rest = new SymbolName(symbol);
        List<String> names = new ArrayList<>();
        rest.at = symbol.startsWith("_ZN") ? 3 : 2;
        try {
            while (Character.isDigit(symbol.charAt(rest.at))) {
                names.add(rest.source());
            }
        } catch (IndexOutOfBoundsException | NumberFormatException _) {
            return "";
        }
        return String.join("::", names);
    }
}
