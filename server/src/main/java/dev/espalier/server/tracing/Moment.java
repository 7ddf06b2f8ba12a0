package dev.espalier.server.tracing;

/// What is timed of a request, by Triton's names; in the order in which these come.
public enum Moment {
    /// The request's header has come.
    HTTP_RECV_START,
    /// The last byte of its body has come.
    HTTP_RECV_END,
    /// The call has begun.
    GRPC_WAITREAD_START,
    /// The last byte of its message has come.
    GRPC_WAITREAD_END,
    /// The model is found, the request is let in.
    REQUEST_START,
    /// It waits for an instance.
    QUEUE_START,
    /// An instance has taken it.
    COMPUTE_START,
    /// The engine is called.
    COMPUTE_INPUT_END,
    /// The engine has returned.
    COMPUTE_OUTPUT_START,
    /// The results lie in shared memory.
    COMPUTE_END,
    /// Its loop has the answer, of a decoupled model the first.
    INFER_RESPONSE_COMPLETE,
    /// It has had its last word.
    REQUEST_END,
    /// The answer begins to be written.
    HTTP_SEND_START,
    /// It has been handed over: a short answer is copied for its connection, a long one's last bytes are written.
    HTTP_SEND_END,
    /// The answer begins to be written.
    GRPC_SEND_START,
    /// It has been handed over, as for HTTP.
    GRPC_SEND_END
}
