package dev.espalier.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// A server that runs out of descriptors, over connections that nobody uses, while its workers die.
record Descriptors() implements Scenario {
    private static final int LIMIT = 1024;
    private static final int IDLE_MILLIS = 3_000;

    @Override
    public String name() {
        return "descriptors";
    }

    @Override
    public List<String> prefix() {
        return List.of("prlimit", "--nofile=" + LIMIT);
    }

    @Override
    public void run(Trial trial) throws IOException {
        Model.OpSet victim = Model.OpSet.DEATHS;
        trial.underLoad(() -> {
            Pause.millis(IDLE_MILLIS);
            // Before, as later the server accepts no connection over which it could be asked.
            long pid = trial.workers().of(victim).pid();
            List<SocketChannel> idle = new ArrayList<>();
            try {
                InetSocketAddress address =
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), trial.server().httpPort());
                for (int i = 0; i < LIMIT; i++) {
                    idle.add(SocketChannel.open(address));
                }
                trial.windows().open(victim);
                Signals.send("KILL", pid);
                Pause.millis(IDLE_MILLIS);
            } finally {
                for (SocketChannel channel : idle) {
                    channel.close();
                }
            }
            trial.awaitRight(Model.DEATHS);
            trial.windows().close(victim);
        });
    }
}
