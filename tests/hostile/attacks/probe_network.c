/* Reaches out from the probe: TCP, UDP, raw, netlink, vsock, Unix sockets with a path and without. */
#define PLACE IN_PROBE
#include "network.h"

static void attack(void) {
    reaches_out();
}
