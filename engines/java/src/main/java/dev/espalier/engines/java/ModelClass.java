package dev.espalier.engines.java;

import dev.espalier.engine.EngineException;
import dev.espalier.sdk.Model;
import dev.espalier.tensor.Signature;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Objects;

/// The class of a model, found good.
///
/// @param file the jar that it is in, for messages
record ModelClass(Constructor<? extends Model> constructor, String file) {
    /// @throws EngineException when the jar has no such class, or it cannot be a model
    static ModelClass in(ModelClassLoader loader, String name, String file) throws EngineException {
        Class<?> type;
        try {
            type = Class.forName(name, false, loader);
        } catch (ClassNotFoundException _) {
            throw new EngineException(
                    "%s has no class %s, which its %s names"
                            .formatted(file, name, ModelJar.SERVICES));
        } catch (UnsupportedClassVersionError failure) {
            throw new EngineException(
                    "class %s of %s was compiled for a newer Java than this one, %d (%s); compile it with --release %d"
                            .formatted(
                                    name,
                                    file,
                                    Runtime.version().feature(),
                                    failure.getMessage(),
                                    Runtime.version().feature()));
        } catch (LinkageError failure) {
            throw new EngineException(
                    "class %s of %s cannot be loaded: %s%s"
                            .formatted(name, file, failure, hint(failure)),
                    failure);
        }
        return checked(type, file);
    }

    private static String hint(LinkageError failure) {
        return failure instanceof NoClassDefFoundError
                ? " (expected: it and what it needs in the jar or in lib/*.jar beside it)"
                : "";
    }

    private static ModelClass checked(Class<?> type, String file) throws EngineException {
        if (!Model.class.isAssignableFrom(type)) {
            throw unfit(type, file, "does not implement " + Model.class.getName());
        }
        if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
            throw unfit(type, file, "is abstract or not public");
        }
        try {
            return new ModelClass(type.asSubclass(Model.class).getConstructor(), file);
        } catch (NoSuchMethodException _) {
            throw unfit(type, file, "has no public constructor without parameters");
        }
    }

    private static EngineException unfit(Class<?> type, String file, String what) {
        return new EngineException(
                "class %s of %s %s (expected: a public class with a public constructor without parameters that implements %s)"
                        .formatted(type.getName(), file, what, Model.class.getName()));
    }

    String name() {
        return constructor.getDeclaringClass().getName();
    }

    /// A new object.
    ///
    /// @throws EngineException when its constructor throws
    Model create() throws EngineException {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException failure) {
            throw thrown(
                    "the constructor", Objects.requireNonNullElse(failure.getCause(), failure));
        } catch (ReflectiveOperationException | LinkageError failure) {
            throw thrown("the constructor", failure);
        }
    }

    /// What an object of it says of itself.
    ///
    /// @throws EngineException when it throws, or says what cannot be
    Signature signature(Model model) throws EngineException {
        Signature told;
        try {
            told = model.signature();
        } catch (Throwable failure) {
            throw thrown("signature()", failure);
        }
        if (told == null) {
            throw new EngineException(
                    "signature() of %s is null (expected: inputs and outputs, or Signature.EMPTY)"
                            .formatted(name()));
        }
        return told;
    }

    /// A refusal for what the model's code has thrown.
    EngineException thrown(String where, Throwable failure) {
        return new EngineException(
                "%s of %s threw %s".formatted(where, name(), Thrown.text(failure)), failure);
    }
}
