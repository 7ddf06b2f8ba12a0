package dev.espalier.engines.java;

import dev.espalier.sdk.Model;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/// The class loader of one model: its jar and those in `lib/`, and above them the JDK, the SDK and the tensors'
/// types. The worker's own libraries are not to be seen, so that a model can have others of the same names.
final class ModelClassLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("dev.espalier.sdk", "dev.espalier.tensor");

    private final String model;

    /// The JDK's classes, and those that a model shares with the worker.
    private static final class Shared extends ClassLoader {
        Shared() {
            super("sdk", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHARED.contains(name.substring(0, Math.max(0, name.lastIndexOf('.'))))) {
                return Class.forName(name, false, Model.class.getClassLoader());
            }
            throw new ClassNotFoundException(name);
        }
    }

    /// @param model the model's name
    ModelClassLoader(List<URL> jars, String model) {
        super("model " + model, jars.toArray(URL[]::new), new Shared());
        this.model = model;
    }

    String model() {
        return model;
    }
}
