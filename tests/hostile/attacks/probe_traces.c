/* Traces the server from the probe, reads its memory, takes its descriptors. */
#define PLACE IN_PROBE
#include "traces.h"

static void attack(void) {
    traces(server());
    traces(getppid());
}
