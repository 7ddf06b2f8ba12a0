package dev.espalier.engines.java;

/// What a model's code has thrown, in one line for clients and operators: what, and where in the model's code.
final class Thrown {
    private Thrown() {}

    /// Its methods are the model's own, too, and may throw whatever they like.
    static String text(Throwable failure) {
        try {
            return described(failure);
        } catch (Throwable _) {
            return "%s, which cannot be described".formatted(failure.getClass().getName());
        }
    }

    private static String described(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (isTheModels(frame)) {
                return "%s (at %s)".formatted(failure, frame);
            }
        }
        return String.valueOf(failure);
    }

    /// Frames of the JDK, and of what stands between it and the model, tell its author nothing.
    private static boolean isTheModels(StackTraceElement frame) {
        return String.valueOf(frame.getClassLoaderName()).startsWith("model ");
    }
}
