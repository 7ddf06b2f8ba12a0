package dev.espalier.sdk;

import dev.espalier.tensor.Signature;
import java.util.List;

/// A model that is written in Java.
///
/// ```java
/// public final class PlusOne implements Model {
///     @Override
///     public Signature signature() {
///         return new Signature(
///                 List.of(TensorSpec.of("X", DataType.FP32, -1)),
///                 List.of(TensorSpec.of("Y", DataType.FP32, -1)));
///     }
///
///     @Override
///     public void run(List<Request> requests, Answers answers) {
///         for (Request request : requests) {
///             Tensor x = request.input("X");
///             Answer answer = answers.to(request);
///             FloatElements from = x.floats();
///             FloatElements to = answer.output("Y", x.shape()).floats();
///             for (long i = 0; i < from.size(); i++) {
///                 to.set(i, from.get(i) + 1);
///             }
///             answer.sendLast();
///         }
///     }
/// }
/// ```
///
/// The class is public and has a public constructor without parameters. It lies in `<model>/<version>/model.jar`, whose
/// file `META-INF/services/dev.espalier.sdk.Model` has its name; what it needs lies in `<version>/lib/*.jar`. Each
/// model has a class loader of its own, which sees the JDK, this package and `dev.espalier.tensor`, and nothing else
/// of the server's.
///
/// **Instances.** Each instance of an instance group has an object of its own. Static fields are what the instances of
/// a version share, as long as its worker lives; a new version or jar begins in a new process.
///
/// **Threads.** The constructor, [#signature] and [#load] are called by one thread, before anything else. [#run] and
/// [#close] are called by the instance's own thread, one call at a time; those of other instances run beside it. An
/// answer may be given by any thread. What else a model starts it ends in [#close].
///
/// **Errors.** What is thrown out of [#run], an [Error] included, fails the requests that have had no last word yet, and
/// the model goes on. A thread of the model's own that ends by an exception, and `System.exit`, end the worker: its
/// requests fail, and the server starts another one.
public interface Model {
    /// The inputs and outputs, as far as the class knows them: `config.pbtxt` need not name them then, and must not
    /// contradict. Called on a new object, before [#load].
    ///
    /// Shapes have the batch dimension, if any: -1 first in all of them; `maxBatchSize` is what `config.pbtxt` gets as
    /// its `max_batch_size` where it has no inputs and outputs.
    ///
    /// @return [Signature#EMPTY], as here, where the configuration says it
    default Signature signature() {
        return Signature.EMPTY;
    }

    /// Gets ready: reads files, fills tables. The model is not ready before it returns.
    ///
    /// @throws Exception when the model cannot be used; its message is the reason that operators see
    default void load(ModelContext context) throws Exception {}

    /// Answers requests.
    ///
    /// @param requests one or more, each with its own inputs: those that a batch is made of where the model has a
    ///     `max_batch_size`
    /// @param answers where the answers go. Each request needs a last word ([Answer#sendLast], [Answers#fail] or
    ///     [Answers#end]), before this returns or, where the model is decoupled, at any time after
    /// @throws Exception as told above; the client sees its class and message
    void run(List<Request> requests, Answers answers) throws Exception;

    /// Lets go of what [#load] has got. Not called when the process is ended.
    ///
    /// @throws Exception which is logged
    default void close() throws Exception {}
}
