/* Computes on eight threads for a while. */
#define PLACE IN_RUN
#include "attack.h"

static void *compute_on(void *unused) {
    (void)unused;
    volatile unsigned long turns = 0;
    for (double end = now() + 3; now() < end;) {
        for (int i = 0; i < 1000000; i++) turns++;
    }
    return NULL;
}

static void attack(void) {
    for (int i = 0; i < 8; i++) on_a_thread(compute_on, NULL);
    pause_for(2);
}
