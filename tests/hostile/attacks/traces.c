/* Traces the server and other workers from an op's run, reads their memory, takes their descriptors. */
#define PLACE IN_RUN
#include "traces.h"

static void attack(void) {
    pid_t victim = (pid_t)wanted_[1];
    traces(server());
    if (is_target(victim)) traces(victim);
}
