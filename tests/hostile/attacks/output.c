/* Writes 600 MB to its standard output as fast as it goes, as one line (AS_LINE) or as many. */
#include "attack.h"

static void attack(void) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
#ifndef AS_LINE
    for (size_t i = 63; i < sizeof block; i += 64) block[i] = '\n';
#endif
    double end = now() + 6;
    long written = 0;
    while (written < 600L << 20 && now() < end) {
        ssize_t more = write(1, block, sizeof block);
        if (more <= 0) break;
        written += more;
    }
    say("\n");
    note("wrote %ld MB (%s)", written >> 20, strerror(errno));
}
