/* Writes random bytes over all the memory that the server reads, for a while. */
#define PLACE IN_RUN
#include "attack.h"

static void *scribble(void *unused) {
    (void)unused;
    size_t size = 0;
    unsigned char *memory = out_memory(&size);
    uint64_t random = (uint64_t)getpid() * 2654435761u + 1;
    /* Its frames and rings lie first; behind them are the results' bytes. */
    if (size > 24 << 20) size = 24 << 20;
    for (double end = now() + 2; memory != NULL && now() < end;) {
        for (size_t at = 0; at + 8 <= size; at += 8) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            /* Small numbers are more likely to be taken for something. */
            uint64_t value = (random >> 60) < 8 ? random : random >> 50;
            memcpy(memory + at, &value, 8);
        }
        /* Rings the server, so that it looks. */
        for (int bell = descriptor_of("anon_inode:[eventfd]", 0); bell >= 0;
             bell = descriptor_of("anon_inode:[eventfd]", bell + 1)) {
            uint64_t one = 1;
            if (write(bell, &one, sizeof one) < 0) break;
        }
    }
    return NULL;
}

static void attack(void) {
    size_t size = 0;
    if (out_memory(&size) == NULL) broke("no shared memory to scribble on: this attack must be told where it lies");
    on_a_thread(scribble, NULL);
    pause_for(1);
}
