package dev.espalier.server.ops;

/// How far from a model its op libraries may lie, nearest first.
public enum Distance {
    VERSION("the version's own"),
    MODEL("the model's"),
    SHELF("the shelf's"),
    SERVER("the server's");

    private final String text;

    Distance(String text) {
        this.text = text;
    }

    /// Whose a library is that lies there, for people.
    public String text() {
        return text;
    }

    /// Whether what lies there is meant for the one model. Such libraries must be in order; others only
    /// when they are needed.
    boolean own() {
        return this == VERSION || this == MODEL;
    }
}
