/* Keeps what tells of the server's end from ending: holds on to its standard input, read and write, and to everything
 * else that it has, in a child with a session of its own. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    if (marked_child() == 0) {
        setsid();
        for (int number = 0; number < 64; number++) {
            char path[64];
            snprintf(path, sizeof path, "/proc/self/fd/%d", number);
            (void)!open(path, O_RDWR | O_NONBLOCK);
        }
        for (;;) pause();
    }
    int again = open("/proc/self/fd/0", O_RDWR | O_NONBLOCK);
    note("standard input %sreopened", again < 0 ? "not " : "");
}
