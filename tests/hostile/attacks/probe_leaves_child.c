/* Leaves a process behind that has a session of its own. */
#define PLACE IN_PROBE
#include "attack.h"

static void attack(void) {
    if (marked_child() == 0) {
        setsid();
        for (int number = 0; number < 256; number++) close(number);
        if (fork() != 0) _exit(0);
        alarm(60);
        for (;;) pause();
    }
}
