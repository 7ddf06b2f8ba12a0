package dev.espalier.sdk;

import dev.espalier.tensor.Signature;
import java.nio.file.Path;
import java.util.Map;

/// Where a model is, and how it is configured. Valid as long as the model; safe for use by several threads.
public interface ModelContext {
    /// The model's name.
    String name();

    /// The number of the model's version.
    long version();

    /// The number of this instance among those of the model's version, from 0.
    int instance();

    /// A copy of the version's folder, to be read: files beside `model.jar`. It does not change while the model lives.
    Path folder();

    /// The inputs and outputs by `config.pbtxt`, or as [Model#signature] tells them, with the batch dimension.
    Signature signature();

    /// The `parameters` of `config.pbtxt`, by their names.
    Map<String, String> parameters();

    /// The `max_batch_size` of `config.pbtxt`: how many rows the requests of one [Model#run] have together, at most; 0
    /// where the model does not batch, and shapes have no batch dimension.
    int maxBatchSize();

    /// Whether a request may have any number of answers: `model_transaction_policy { decoupled: true }`.
    boolean isDecoupled();

    /// The whole of `config.pbtxt`, completed, as JSON with the field names that it has there.
    String configuration();

    /// The model's log: lines in the server's log that begin with the model's name. Levels below
    /// [System.Logger.Level#INFO] are left out.
    System.Logger logger();
}
