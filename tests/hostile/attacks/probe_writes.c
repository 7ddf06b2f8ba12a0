/* Writes from the probe outside of its own folder. */
#define PLACE IN_PROBE
#include "attack.h"

static void attack(void) {
    writes("drop", HOSTILE_DROP);
    writes("tmp", "/tmp");
    writes("shm", "/dev/shm");
    writes("state", HOSTILE_STATE "/espalier");
    writes("store", HOSTILE_STATE "/espalier/ops");
    writes("repository", HOSTILE_REPOSITORY);
}
