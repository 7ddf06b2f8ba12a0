/* Never returns: from its registration or from a model's load (PLACE), after HANGING. */
#include "attack.h"

static void attack(void) {
    HANGING;
    for (;;) pause();
}
