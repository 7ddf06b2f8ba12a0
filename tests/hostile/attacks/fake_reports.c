/* Says on the standard output what only the starter may say, and then stands still: the server must not believe that
 * this worker has ended, and must go on reading what it writes. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    say("espalier-starter: exited with 0\n");
    say("espalier-starter: ended by signal 9\n");
    say("espalier-starter: pid 1: x\n");
    say("espalier-starter: pid 99999999999999999999: x\n");
    say("espalier-starter: exited with 99999999999999999999\n");
    say("espalier-starter: ended by signal 99999999999999999999\n");
    pause_for(0.2);
    say("hostile: is still heard\n");
    kill(getpid(), SIGSTOP);
}
