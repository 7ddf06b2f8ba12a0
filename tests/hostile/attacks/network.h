/* The ways out of a process that has no business elsewhere. The suite listens at the addresses; what it hears counts,
 * beside the sockets that can be made. */
#pragma once

#include "attack.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>

static inline void makes(const char *what, int domain, int type, int protocol) {
    int made = socket(domain, type, protocol);
    if (made < 0) return;
    broke("socket %s", what);
    close(made);
}

static inline void tells(int type, int protocol, int port, bool connects) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, type | SOCK_NONBLOCK, protocol);
    if (made < 0) return;
    if (connects) connect(made, (struct sockaddr *)&address, sizeof address);
    pause_for(0.05);
    /* TCP without a connection first: what MSG_FASTOPEN is for. */
    int flags = MSG_NOSIGNAL | (connects ? 0 : type == SOCK_STREAM ? MSG_FASTOPEN : 0);
    if (sendto(made, HOSTILE_NAME, sizeof HOSTILE_NAME, flags, (struct sockaddr *)&address, sizeof address) < 0) {
        send(made, HOSTILE_NAME, sizeof HOSTILE_NAME, flags);
    }
    pause_for(0.05);
    close(made);
}

static inline void tells_path(int type, const char *path, bool abstract) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path + abstract, sizeof address.sun_path - 1, "%s", path);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + strlen(path));
    int pair[2], made = socket(AF_UNIX, type, 0);
    if (made >= 0) {
        if (connect(made, (struct sockaddr *)&address, size) == 0) send(made, HOSTILE_NAME, sizeof HOSTILE_NAME, MSG_NOSIGNAL);
        close(made);
    }
    /* A pair needs no socket(), and a datagram's end of it can send elsewhere. */
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) {
        sendto(pair[0], HOSTILE_NAME, sizeof HOSTILE_NAME, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
        close(pair[0]);
        close(pair[1]);
    }
}

static inline void reaches_out(void) {
    enum { MPTCP = 262, VSOCK = 40 };
    tells(SOCK_STREAM, 0, HOSTILE_TCP_PORT, true);
    tells(SOCK_STREAM, 0, HOSTILE_TCP_PORT, false);
    tells(SOCK_STREAM, MPTCP, HOSTILE_TCP_PORT, true);
    tells(SOCK_DGRAM, 0, HOSTILE_UDP_PORT, false);
    tells_path(SOCK_STREAM, HOSTILE_STREAM_PATH, false);
    tells_path(SOCK_DGRAM, HOSTILE_DATAGRAM_PATH, false);
    tells_path(SOCK_STREAM, HOSTILE_STREAM_ABSTRACT, true);
    tells_path(SOCK_DGRAM, HOSTILE_DATAGRAM_ABSTRACT, true);
    makes("tcp", AF_INET, SOCK_STREAM, 0);
    makes("udp", AF_INET, SOCK_DGRAM, 0);
    makes("udp6", AF_INET6, SOCK_DGRAM, 0);
    makes("raw", AF_INET, SOCK_RAW, IPPROTO_UDP);
    makes("packet", AF_PACKET, SOCK_RAW, 0);
    makes("netlink", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    makes("vsock", VSOCK, SOCK_STREAM, 0);
    makes("alg", AF_ALG, SOCK_SEQPACKET, 0);
    makes("unix", AF_UNIX, SOCK_STREAM, 0);
    makes("unix datagram", AF_UNIX, SOCK_DGRAM, 0);
}
