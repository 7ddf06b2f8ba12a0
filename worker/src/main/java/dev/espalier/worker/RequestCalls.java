package dev.espalier.worker;

import dev.espalier.engine.Calls;
import dev.espalier.engine.NoRoomException;
import dev.espalier.engine.OutgoingCall;
import dev.espalier.link.CompletionWriter;
import dev.espalier.link.LinkLayout;

/// The calls of one request, as the server knows that: by slot, generation and member, on the loop it lives on.
record RequestCalls(WorkerMemory link, int slot, int generation, int member, int loop)
        implements Calls {
    @Override
    public OutgoingCall begin() throws NoRoomException {
        return new OpenCall(this, link);
    }

    /// Tells the server of a call, whose frame is written.
    void tell(int call, int block, int lease, int length) {
        tell(call, block, lease, length, CompletionWriter.CALL);
    }

    /// Tells the server that nobody waits for the call, or reads its answer, any more.
    void tellOver(int call) {
        tell(call, LinkLayout.NO_BLOCK, 0, 0, CompletionWriter.CALL | CompletionWriter.EMPTY);
    }

    private void tell(int call, int block, int lease, int length, int words) {
        CompletionWriter completions = link.completions();
        completions.tell(loop, slot, generation, block, lease, length, member, words, call);
        completions.ring(1 << loop);
    }
}
