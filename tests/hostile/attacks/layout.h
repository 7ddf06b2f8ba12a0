/* Where the rings of completions lie in the memory that a worker writes; dev.espalier.link.LinkLayout has the picture. */
#pragma once

#include "attack.h"

enum {
    LAYOUT_VERSION = 5,
    LOOPS = 32,
    SLOTS = 1024,
    RING_CAPACITY = 2 * SLOTS,
    RELEASES_TAKEN = 132 << 10,
    RINGS = 256 << 10,
    COMPLETION = 32,
    BLOCKS = 4 << 20,
    UNIT = 256
};

/* What a completion says of its answer. */
struct answer {
    uint32_t block, lease, length;
    uint16_t member, words;
    uint32_t number;
};

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
        unsigned char *memory, int loop, uint32_t sequence, uint32_t slot, uint32_t generation, struct answer answer) {
    uint32_t *entry = completion(memory, loop, sequence);
    entry[1] = slot;
    entry[2] = generation;
    memcpy(entry + 3, &answer, sizeof answer);
    __atomic_store_n(entry, sequence + 1, __ATOMIC_RELEASE);
}
