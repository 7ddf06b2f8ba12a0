package dev.espalier.tensor;

/// What a model's configuration says, apart from its inputs and outputs, to an engine that wants to know.
///
/// @param version the model version's number
/// @param maxBatchSize its `max_batch_size`: the most rows that its requests have together; 0 where it does not batch
/// @param decoupled whether a request may have any number of answers
/// @param json the whole configuration, completed, as JSON with the field names of `config.pbtxt`; empty where nobody
///     has one
public record ModelSettings(long version, int maxBatchSize, boolean decoupled, String json) {
    /// Of a model without a configuration.
    public static final ModelSettings NONE = new ModelSettings(1, 0, false, "");
}
