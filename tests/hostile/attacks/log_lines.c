/* Writes to the log what is none of a worker's lines: forged ones, and what changes the terminal that shows them. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    say("\033]0;" HOSTILE_RUN "\a\033[2J hostile: clears the screen\n");
    say("hidden\rI1201 00:00:00.000000 1 server.cc:1] hostile: forged\n");
    say("\v\f\b\b\b\b\b\b\b\b hostile: overwritten\n");
    say("\302\205 hostile: next line of C1 \302\233" "31m\n");
}
