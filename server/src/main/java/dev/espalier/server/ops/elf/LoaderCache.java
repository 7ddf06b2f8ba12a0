package dev.espalier.server.ops.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The loader's cache of where libraries are (`/etc/ld.so.cache`, written by `ldconfig`).
///
/// A header of 48 bytes with the number of entries; entries of 24 bytes with the offsets of name and path,
/// which count from the header's begin. Older files have a table of an older format before all that.
final class LoaderCache {
    private static final byte[] MAGIC =
            "glibc-ld.so.cache1.1".getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEADER = 48;
    private static final int ENTRY = 24;

    private final Map<String, List<Path>> paths;

    private LoaderCache(Map<String, List<Path>> paths) {
        this.paths = paths;
    }

    /// Reads the cache; one that is missing, or is none, is empty.
    static LoaderCache read(Path file) {
        try {
            return new LoaderCache(parse(Files.readAllBytes(file)));
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException _) {
            return new LoaderCache(Map.of());
        }
    }

    /// The files with this name, for whatever machine, in the order in which the loader tries them.
    List<Path> find(String name) {
        return paths.getOrDefault(name, List.of());
    }

    private static Map<String, List<Path>> parse(byte[] content) {
        Map<String, List<Path>> paths = new HashMap<>();
        int start = begin(content);
        ByteBuffer cache =
                ByteBuffer.wrap(content, start, content.length - start)
                        .slice()
                        .order(ByteOrder.nativeOrder());
        int count = cache.getInt(MAGIC.length);
        for (int i = 0; i < count; i++) {
            int entry = HEADER + i * ENTRY;
            String name = text(cache, cache.getInt(entry + 4));
            String path = text(cache, cache.getInt(entry + 8));
            paths.computeIfAbsent(name, _ -> new ArrayList<>()).add(Path.of(path));
        }
        return paths;
    }

    private static int begin(byte[] content) {
        for (int at = 0; at + HEADER <= content.length; at += 4) {
            if (ByteBuffer.wrap(content, at, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                return at;
            }
        }
        throw new IllegalArgumentException("no cache of glibc");
    }

    private static String text(ByteBuffer cache, int offset) {
        int end = offset;
        while (cache.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - offset];
        cache.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
