package dev.espalier.server.workers;

/// Where the worker of one engine version and op set stands. [WorkerHost] moves it:
///
/// ```text
///               a model comes                     its models are loaded
///    Idle ─────────────────────▶ Starting ──────────────────────────────▶ Serving ◀──┐
///     ▲                            ▲    │                                 │  │  │    │ heartbeat
///     │ its last model goes        │    │ it dies                no beat  │  │  │    │ is back
///     │                            │    ▼                                 │  │  └▶ Suspect
///     │                    back-off│   Dead ◀─────────────────────────────┘  │       │
///     │                    is over │    │  ▲   it dies, or is ended for good   │       │ too long
///     │                            └────┘  └───────────────────────────────────────────┘
///     │                                 │ too many deaths                  │
///     │ a model comes                   ▼                                  │ no model needs it,
///     └──────────────────────────── Quarantined               Draining ◀───┘ or the server ends
/// ```
///
/// A standby does not change the picture: with one, Starting takes no time.
sealed interface WorkerState {
    /// No model needs it.
    record Idle() implements WorkerState {}

    /// A process starts, or loads its models.
    record Starting() implements WorkerState {}

    /// Its models are loaded.
    record Serving(long pid) implements WorkerState {}

    /// It has not said for a while that it lives.
    record Suspect(long pid) implements WorkerState {}

    /// It has been told to end.
    record Draining() implements WorkerState {}

    /// It died, and the next one starts when the back-off is over.
    record Dead(String death) implements WorkerState {}

    /// All its models have been given up.
    record Quarantined(String reason) implements WorkerState {}

    /// The state in one word.
    default String word() {
        return switch (this) {
            case Idle() -> "idle";
            case Starting() -> "starting";
            case Serving _ -> "serving";
            case Suspect _ -> "suspect";
            case Draining() -> "draining";
            case Dead _ -> "dead";
            case Quarantined _ -> "quarantined";
        };
    }
}
