/* Kills what has started the probe, and the server. */
#define PLACE IN_PROBE
#include "attack.h"

static void attack(void) {
    pid_t parent = getppid(), found = server();
    if (found > 1 && is_target(found) && kill(found, SIGKILL) == 0) broke("killed the server");
    if (parent > 1 && is_target(parent)) kill(parent, SIGKILL);
}
