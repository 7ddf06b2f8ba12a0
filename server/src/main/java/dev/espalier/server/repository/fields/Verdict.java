package dev.espalier.server.repository.fields;

/// What becomes of a field that a configuration sets. There is no fourth: nothing is dropped in silence.
enum Verdict {
    /// It does what it does in Triton.
    HONOURED,
    /// It has no effect, serving without it is right, and the log and the model's notes say so.
    TOLD,
    /// Serving without it would be wrong, so the model is not served.
    REFUSED
}
