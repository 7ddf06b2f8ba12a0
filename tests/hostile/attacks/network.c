/* Reaches out from an op's run: TCP, UDP, raw, netlink, vsock, Unix sockets with a path and without. */
#define PLACE IN_RUN
#include "network.h"

static void attack(void) {
    reaches_out();
}
