/* Ends its worker, or makes it useless, by ENDING. */
#define PLACE IN_RUN
#include "attack.h"

static void close_all(void) {
    for (int number = 3; number < 4096; number++) close(number);
}

static void loop(void) {
    for (volatile unsigned long turns = 0;; turns++) continue;
}

static void attack(void) {
    signal(SIGABRT, SIG_DFL);
    ENDING;
}
