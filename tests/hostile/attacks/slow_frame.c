/* Announces a control frame of 16 MB, and sends it byte by byte. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    int link = control_socket();
    uint32_t length = 16 << 20;
    unsigned char zero = 0;
    if (link < 0 || send(link, &length, sizeof length, MSG_NOSIGNAL) < 0) {
        note("no connection to the server (%s)", strerror(errno));
        return;
    }
    int sent = 0;
    for (double end = now() + 6; sent < 3000000 && now() < end; sent++) {
        if (send(link, &zero, 1, MSG_NOSIGNAL) != 1) break;
    }
    note("sent %d bytes (%s)", sent, strerror(errno));
}
