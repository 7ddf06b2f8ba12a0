package dev.espalier.server.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What clients take of the server's memory: no connection more than it leaves to all others, no address more than three
/// times that, however many connections it has. Who stands in between and sends everybody's requests is one address.
///
/// Safe for use by several threads.
public final class ClientMemory {
    /// How many times what they leave to others the requests of one connection may have of the memory for tensors.
    private static final int CONNECTION_TIMES = 1;

    /// The same of one address, and of the heap.
    private static final int ADDRESS_TIMES = 3;

    /// Who has an address of IPv6 has all that begin like it.
    private static final int IPV6_PREFIX = 8;

    private final ByteBudget heap;
    private final ByteBudget tensors;

    @GuardedBy("this")
    private final Map<List<Byte>, Address> addresses = new HashMap<>();

    /// How many addresses there may be before those that are gone are looked for.
    @GuardedBy("this")
    private int sweepFrom = 1000;

    /// One address, for as long as it has connections or requests.
    private static final class Address {
        final FairShare heap;
        final FairShare tensors;
        int connections;

        Address(FairShare heap, FairShare tensors) {
            this.heap = heap;
            this.tensors = tensors;
        }

        boolean isGone() {
            return connections == 0 && heap.taken() == 0 && tensors.taken() == 0;
        }
    }

    /// What one connection takes. Must be closed.
    public static final class Connection implements AutoCloseable {
        private final BudgetShare heap;
        private final List<FairShare> tensors;
        private final Runnable left;
        private boolean closed;

        Connection(BudgetShare heap, List<FairShare> tensors, Runnable left) {
            this.heap = heap;
            this.tensors = tensors;
            this.left = left;
        }

        public BudgetShare heap() {
            return heap;
        }

        /// What its requests' tensors count in: its own share, and its address's.
        public List<FairShare> tensors() {
            return tensors;
        }

        /// The connection is gone; what it has taken counts until it is given back.
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                left.run();
            }
        }
    }

    /// @param heap for what requests and answers take up on the heap
    /// @param tensors for requests' tensors
    public ClientMemory(ByteBudget heap, ByteBudget tensors) {
        this.heap = heap;
        this.tensors = tensors;
    }

    public ByteBudget heap() {
        return heap;
    }

    /// A client has connected.
    ///
    /// @param client null where it is not known
    public Connection connected(@Nullable SocketAddress client) {
        Address address = enter(key(client));
        return new Connection(
                new BudgetShare(heap, address.heap),
                List.of(
                        new FairShare(tensors, "this connection", CONNECTION_TIMES),
                        address.tensors),
                () -> leave(address));
    }

    private synchronized Address enter(List<Byte> key) {
        if (addresses.size() >= sweepFrom) {
            addresses.values().removeIf(Address::isGone);
            sweepFrom = Math.max(1000, 2 * addresses.size());
        }
        Address address =
                addresses.computeIfAbsent(
                        key,
                        _ ->
                                new Address(
                                        new FairShare(heap, "this address", ADDRESS_TIMES),
                                        new FairShare(tensors, "this address", ADDRESS_TIMES)));
        address.connections++;
        return address;
    }

    private synchronized void leave(Address address) {
        address.connections--;
    }

    /// How many addresses are known.
    synchronized int addresses() {
        return addresses.size();
    }

    private static List<Byte> key(@Nullable SocketAddress client) {
        if (!(client instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return List.of();
        }
        byte[] bytes = inet.getAddress().getAddress();
        int length = inet.getAddress() instanceof Inet6Address ? IPV6_PREFIX : bytes.length;
        Byte[] key = new Byte[length];
        Arrays.setAll(key, i -> bytes[i]);
        return List.of(key);
    }
}
