package dev.espalier.engines.tensorrt;

import dev.espalier.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where code lies in this process. An address that is called without standing there is a jump into nowhere.
///
/// @param ranges each two addresses, of the first byte and behind the last
record CodeRanges(List<long[]> ranges) {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Pattern CODE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r-x. \\S+ \\S+ \\S+ *(.*)");
    private static final int HEXADECIMAL = 16;

    /// The code of one library that is open.
    ///
    /// @param address of any function of it
    /// @throws EngineException when that cannot be found out, or no library has code there
    static CodeRanges ofLibrary(long address) throws EngineException {
        List<String> maps = maps();
        for (String line : maps) {
            Matcher code = CODE.matcher(line);
            if (code.matches() && contains(range(code), address)) {
                return parse(maps, code.group(3));
            }
        }
        throw new EngineException("no library has code at 0x" + Long.toHexString(address));
    }

    /// The code of the library at a path, which is open.
    static CodeRanges ofFile(Path library) throws EngineException {
        try {
            return parse(maps(), library.toRealPath().toString());
        } catch (IOException failure) {
            throw new EngineException(
                    "%s cannot be found any more: %s".formatted(library, failure.getMessage()),
                    failure);
        }
    }

    /// The code of every library that is open now.
    static CodeRanges ofProcess() throws EngineException {
        return parse(maps(), "");
    }

    private static List<String> maps() throws EngineException {
        try {
            return Files.readAllLines(MAPS);
        } catch (IOException failure) {
            throw new EngineException(
                    "%s cannot be read, by which TensorRT's functions are checked: %s"
                            .formatted(MAPS, failure.getMessage()),
                    failure);
        }
    }

    /// @param lines those of `/proc/self/maps`
    /// @param file whose code; empty for every file's
    static CodeRanges parse(List<String> lines, String file) {
        List<long[]> ranges = new ArrayList<>();
        for (String line : lines) {
            Matcher code = CODE.matcher(line);
            if (code.matches() && (file.isEmpty() || code.group(3).equals(file))) {
                ranges.add(range(code));
            }
        }
        return new CodeRanges(ranges);
    }

    private static long[] range(Matcher code) {
        return new long[] {
            Long.parseUnsignedLong(code.group(1), HEXADECIMAL),
            Long.parseUnsignedLong(code.group(2), HEXADECIMAL)
        };
    }

    boolean contains(long address) {
        return ranges.stream().anyMatch(range -> contains(range, address));
    }

    private static boolean contains(long[] range, long address) {
        return Long.compareUnsigned(address, range[0]) >= 0
                && Long.compareUnsigned(address, range[1]) < 0;
    }
}
