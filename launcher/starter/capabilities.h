/* Rights of the superuser: a worker has none, and can get none. */
#pragma once

#include "system.h"

enum { PR_CAPBSET_DROP = 24, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4, MOST_CAPABILITIES = 64 };

struct capability_header {
    uint32_t version;
    int pid;
};

struct capability_sets {
    uint32_t effective, permitted, inheritable;
};

/* Takes all capabilities from the bounding set, so that no program gives any. 0, or a negative error. One that has no
 * right to change the set is left with it: without privileges of its own, and no new ones, it cannot use it. */
static inline long drop_bounding_capabilities(void) {
    for (long each = 0; each < MOST_CAPABILITIES; each++) {
        long failure = call(__NR_prctl, PR_CAPBSET_DROP, each, 0, 0, 0);
        if (failure == -EINVAL || failure == -EPERM) break;
        if (failure < 0) return failure;
    }
    return 0;
}

/* Takes all capabilities from the calling process. 0, or a negative error. */
static inline long drop_capabilities(void) {
    struct capability_header header = {0x20080522, 0};
    struct capability_sets none[2] = {{0, 0, 0}, {0, 0, 0}};
    call(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return CALL2(__NR_capset, &header, none);
}
