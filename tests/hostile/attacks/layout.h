/* Where the rings of completions lie in the memory that a worker writes; dev.espalier.link.LinkLayout has the picture. */
#pragma once

#include "attack.h"

enum { LAYOUT_VERSION = 3, LOOPS = 32, SLOTS = 1024, RING_CAPACITY = 2 * SLOTS, RINGS = 128 << 10, COMPLETION = 16 };

static inline bool known_layout(const unsigned char *memory) {
    return *(const int *)(memory + 8) == LAYOUT_VERSION;
}

static inline uint32_t *completion(unsigned char *memory, int loop, uint32_t sequence) {
    return (uint32_t *)(memory + RINGS + ((size_t)loop * RING_CAPACITY + (sequence & (RING_CAPACITY - 1))) * COMPLETION);
}

/* The position behind the newest entry of a ring: an entry at position n says n + 1. */
static inline uint32_t newest_completion(unsigned char *memory, int loop) {
    uint32_t newest = 0;
    for (uint32_t at = 0; at < RING_CAPACITY; at++) {
        uint32_t said = *completion(memory, loop, at);
        if (said > newest) newest = said;
    }
    return newest;
}

static inline void put_completion(
        unsigned char *memory, int loop, uint32_t sequence, uint32_t slot, uint32_t generation, uint32_t length) {
    uint32_t *entry = completion(memory, loop, sequence);
    entry[1] = slot;
    entry[2] = generation;
    entry[3] = length;
    __atomic_store_n(entry, sequence + 1, __ATOMIC_RELEASE);
}
