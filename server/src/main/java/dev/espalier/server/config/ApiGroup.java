package dev.espalier.server.config;

/// A group of what clients may ask, as restrictions name it.
public enum ApiGroup {
    HEALTH("health"),
    METADATA("metadata"),
    INFERENCE("inference"),
    SHARED_MEMORY("shared-memory"),
    MODEL_CONFIG("model-config"),
    MODEL_REPOSITORY("model-repository"),
    STATISTICS("statistics"),
    TRACE("trace"),
    LOGGING("logging");

    private final String word;

    ApiGroup(String word) {
        this.word = word;
    }

    /// What the command line calls it.
    String word() {
        return word;
    }
}
