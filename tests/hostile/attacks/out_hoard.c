/* Takes twice what a worker may have as pages of the memory that its answers lie in, and is not told of. */
#define PLACE IN_RUN
#include "attack.h"

static unsigned char *memory;
static size_t size;

static void *hoard(void *unused) {
    (void)unused;
    size_t wanted = (size_t)HOSTILE_LIMIT_MB * 2 << 20;
    if (size < wanted + (64 << 20)) return NULL;
    for (size_t at = size - wanted; at < size; at += 4096) memory[at] = 1;
    pause_for(6);
    say("hostile: BROKE in the answers' memory it has held twice its limit for 6 s\n");
    return NULL;
}

static void attack(void) {
    memory = out_memory(&size);
    if (memory != NULL) on_a_thread(hoard, NULL);
    note("answers lie in %zu MB", size >> 20);
}
