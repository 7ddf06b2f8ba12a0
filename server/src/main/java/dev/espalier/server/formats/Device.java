package dev.espalier.server.formats;

/// What an engine computes on.
public enum Device {
    CPU("CPU"),
    /// The first one; no others are used yet.
    GPU("first GPU");

    private final String title;

    Device(String title) {
        this.title = title;
    }

    /// Its name for people.
    public String title() {
        return title;
    }
}
