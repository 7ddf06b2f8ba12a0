package dev.espalier.server.workers;

import dev.espalier.link.ProbeEvent;
import dev.espalier.tensor.OpName;
import dev.espalier.tensor.OpReport;
import dev.espalier.tensor.OpSignature;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A probe's process without an engine: does what the lines of the "library" say, a word and its argument.
final class ScriptedProbe {
    private ScriptedProbe() {}

    public static void main(String[] arguments) throws Throwable {
        Path events = Path.of(arguments[0]);
        for (String line : Files.readAllLines(Path.of(arguments[3]))) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "tell" -> Files.write(events, event(words[1]), StandardOpenOption.APPEND);
                case "say" -> System.out.println(words[1]);
                case "cut" -> System.out.print(words[1]);
                case "run" -> {
                    int _ = new ProcessBuilder("/bin/sh", "-c", words[1]).start().waitFor();
                }
                case "enlarge" -> enlarge(events, Long.parseLong(words[1]));
                case "replace" -> {
                    Files.delete(events);
                    Files.createSymbolicLink(events, Path.of(words[1]));
                }
                case "scribble" -> Files.write(events, new byte[] {Byte.parseByte(words[1])});
                case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(words[1]));
                case "raise" -> raise(Integer.parseInt(words[1]));
                case "hang" -> Thread.currentThread().join();
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /// Makes the file so long without writing to it.
    private static void enlarge(Path file, long size) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(size);
        }
    }

    private static byte[] event(String name) {
        ProbeEvent event =
                switch (name) {
                    case "begun" -> new ProbeEvent.Begun();
                    case "opened" -> new ProbeEvent.Opened();
                    case "newer" -> new ProbeEvent.AskedForNewer(1000, 29);
                    default -> new ProbeEvent.Finished(new OpReport.Provides(List.of(op(name))));
                };
        return event.encoded();
    }

    static OpSignature op(String name) {
        return new OpSignature(
                new OpName("my.domain", name), 1, Integer.MAX_VALUE, "", 20, List.of(), List.of());
    }

    private static void raise(int signal) throws Throwable {
        Linker linker = Linker.nativeLinker();
        int _ =
                (int)
                        linker.downcallHandle(
                                        linker.defaultLookup().findOrThrow("raise"),
                                        FunctionDescriptor.of(
                                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                                .invokeExact(signal);
    }
}
