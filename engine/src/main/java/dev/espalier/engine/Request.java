package dev.espalier.engine;

/// One request of a [DecoupledInstance], open until its last word. Its answers reach its client in the order in which
/// they are sent.
///
/// The last word is the model's, said once. Where the worker has failed the request for the model (it held up others, or
/// `begin` threw), everything is as if the client had gone: what is sent is dropped, and the last word says nothing more.
///
/// Safe for use by several threads.
public interface Request {
    /// The request's own inputs, by their index in the model's signature; an input without address is absent. Addresses,
    /// byte sizes and dimensions are those of its own rows. The memory can be read until the request's last word.
    Execution.Tensors inputs();

    /// Whether the client wants the output `index` of the model's signature. Others are left out of answers.
    boolean isRequested(int index);

    /// Begins an answer. Several can be written at a time; their order is that of sending.
    ///
    /// @throws NoRoomException when there is no room for one now
    /// @throws IllegalStateException after the last word
    Answer answer() throws EngineException;

    /// The last word: no answer follows, and none need have come.
    ///
    /// @throws IllegalStateException after the last word
    void finish();

    /// The last word: the request has failed, whatever it has been answered before.
    ///
    /// @param failure its message is the client's; a [NoRoomException] invites it to try again
    /// @throws IllegalStateException after the last word
    void fail(EngineException failure);

    /// Whether nobody waits for answers any more: the client has cancelled or gone, or the request is over.
    /// What is sent nevertheless is dropped. A model that answers for long looks at this now and then, and ends the
    /// request by [#finish]. Costs a read of memory.
    boolean isCancelled();

    /// The way to other models of the server. What is called waits for no longer than this request's client does.
    Calls calls();
}
