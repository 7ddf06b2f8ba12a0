package dev.espalier.link;

import java.util.List;
import java.util.Objects;

/// Both ends of a link in one process, each with mappings and a connection of its own.
final class BothEnds implements AutoCloseable {
    final Links links;
    final SharedRegion serverIn;
    final SharedRegion serverOut;
    final ControlSocket server;
    final SharedRegion workerIn;
    final SharedRegion workerOut;
    final ControlSocket worker;

    BothEnds(LinkKind kind, long size) throws Exception {
        links = kind.open();
        serverIn = links.createIn(size);
        serverOut = links.createOut(size);
        try (ControlSocket.Listener listener = links.listen()) {
            worker = kind.connect(listener.address());
            server = Objects.requireNonNull(listener.accept(ProcessHandle.current().pid(), 10_000));
        }
        server.send(new byte[0], List.of(serverIn.handle(), serverOut.handle()));
        List<Handle> handles = worker.receive().handles();
        workerIn = handles.get(0).attach(size, false);
        workerOut = handles.get(1).attach(size, true);
    }

    @Override
    public void close() {
        worker.close();
        server.close();
        workerIn.close();
        workerOut.close();
        serverIn.close();
        serverOut.close();
        links.close();
    }
}
