package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;
import dev.espalier.sdk.Model;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/// An opened jar with models, and the jars in `lib/` beside it.
final class ModelJar implements AutoCloseable {
    /// The file in which a jar names its models, a line each, as the JDK's `ServiceLoader` reads it.
    static final String SERVICES = "META-INF/services/" + Model.class.getName();

    private static final int MOST_SERVICES = 1 << 16;

    private final String file;
    private final ModelClassLoader loader;
    private final List<String> classes;

    private ModelJar(String file, ModelClassLoader loader, List<String> classes) {
        this.file = file;
        this.loader = loader;
        this.classes = classes;
    }

    /// @param model its name, for messages
    /// @throws EngineException when it is no jar with models
    static ModelJar open(Path jar, String model) throws EngineException {
        String file = String.valueOf(jar.getFileName());
        try {
            List<String> classes = services(jar);
            List<URL> urls = new ArrayList<>();
            urls.add(url(jar));
            for (Path library : libraries(jar.resolveSibling("lib"))) {
                urls.add(url(library));
            }
            return new ModelJar(file, new ModelClassLoader(urls, model), classes);
        } catch (IOException | DirectoryIteratorException | SecurityException failure) {
            throw new EngineException(
                    "%s cannot be opened as a jar: %s".formatted(file, failure.getMessage()),
                    failure);
        }
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    private static List<Path> libraries(Path folder) throws IOException {
        List<Path> jars = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var entries = Files.newDirectoryStream(folder, "*.jar")) {
                entries.forEach(jars::add);
            }
        }
        jars.sort(null);
        return jars;
    }

    private static List<String> services(Path jar) throws IOException, EngineException {
        try (JarFile opened = new JarFile(jar.toFile(), false)) {
            ZipEntry entry = opened.getEntry(SERVICES);
            if (entry == null) {
                throw new EngineException(
                        "%s has no %s (expected: the name of its class that implements %s)"
                                .formatted(jar.getFileName(), SERVICES, Model.class.getName()));
            }
            try (InputStream content = opened.getInputStream(entry)) {
                String text = new String(content.readNBytes(MOST_SERVICES), StandardCharsets.UTF_8);
                List<String> classes =
                        text.lines()
                                .map(line -> line.replaceFirst("#.*", "").strip())
                                .filter(line -> !line.isEmpty())
                                .distinct()
                                .toList();
                if (classes.isEmpty()) {
                    throw new EngineException(
                            "%s of %s names no class (expected: one that implements %s)"
                                    .formatted(SERVICES, jar.getFileName(), Model.class.getName()));
                }
                return classes;
            }
        }
    }

    /// The names of its models' classes.
    List<String> classes() {
        return classes;
    }

    /// The class of a model.
    ///
    /// @param wanted its name; empty where the jar has only one
    ModelClass model(String wanted) throws EngineException {
        if (wanted.isEmpty() && classes.size() > 1) {
            throw new EngineException(
                    "%s has %d models, %s; name one of them in parameters { key: \"model_class\" }"
                            .formatted(file, classes.size(), String.join(", ", classes)));
        }
        if (!wanted.isEmpty() && !classes.contains(wanted)) {
            throw new EngineException(
                    "parameter 'model_class': '%s' (expected: a class that %s of %s names: %s)"
                            .formatted(wanted, SERVICES, file, String.join(", ", classes)));
        }
        return ModelClass.in(loader, wanted.isEmpty() ? classes.getFirst() : wanted, file);
    }

    ModelClassLoader loader() {
        return loader;
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException failure) {
            System.err.println("worker: " + file + " cannot be closed: " + failure.getMessage());
        }
    }
}
