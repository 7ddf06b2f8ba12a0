/* Feeds the rings of completions for ever: FORGED ones of all slots and generations, or such that nobody can mean. */
#define PLACE IN_RUN
#include "attack.h"
#include "layout.h"

static void *feed(void *unused) {
    (void)unused;
    size_t size = 0;
    unsigned char *memory = out_memory(&size);
    uint32_t begin[LOOPS] = {0};
    double end = now() + 3;
    if (memory == NULL) return NULL;
    for (int loop = 0; loop < LOOPS; loop++) begin[loop] = newest_completion(memory, loop);
    for (uint32_t round = 1; now() < end; round++) {
        for (int loop = 0; loop < LOOPS; loop++) {
            uint32_t sequence = begin[loop] + round - 1;
#ifdef FORGED
            /* Answers, leases, members, words and numbers of others, and such that there are not. */
            struct answer answer = {
                BLOCKS / UNIT + (round % 3 ? round % 64 * 4 : round * 2654435761u), round % 1024, 48 + round % 512,
                round % 5 ? 0xffff : round % 8, round % 7 ? 1 : round % 8, round % 11 ? 0 : round};
            put_completion(memory, loop, sequence, round % SLOTS, round / SLOTS % 64, answer);
#else
            struct answer nobody = {round, round, round, 0xffff, 1, 0};
            put_completion(memory, loop, sequence, 0x7fffffff - round, round, nobody);
#endif
        }
#ifdef FORGED
        /* And what has been taken back. */
        for (int loop = 0; loop < LOOPS; loop++) memory[RELEASES_TAKEN + loop * 64 + round % 4] = (unsigned char)round;
#endif
        if (round % 256 == 0) {
            for (int bell = descriptor_of("anon_inode:[eventfd]", 0); bell >= 0;
                 bell = descriptor_of("anon_inode:[eventfd]", bell + 1)) {
                uint64_t one = 1;
                if (write(bell, &one, sizeof one) < 0) break;
            }
        }
    }
    return NULL;
}

static void attack(void) {
    size_t size = 0;
    unsigned char *memory = out_memory(&size);
    if (memory == NULL || !known_layout(memory)) {
        broke("no rings to feed: this attack must be told where they lie");
        return;
    }
    on_a_thread(feed, NULL);
    pause_for(2);
}
