/* Reads from the probe what the server's user may read: tokens, a key, a file of 0600, the server's environment. */
#define PLACE IN_PROBE
#include "reads.h"

static void attack(void) {
    takes_known_files();
}
