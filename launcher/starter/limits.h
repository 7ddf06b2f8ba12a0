/* How much a worker may take of what the kernel counts for each process or user. */
#pragma once

#include "system.h"

enum {
    RLIMIT_FILE_SIZE = 1,
    RLIMIT_CORE_FILES = 4,
    RLIMIT_PROCESSES = 6,
    RLIMIT_DESCRIPTORS = 7,
    RLIMIT_ADDRESSES = 9,
    RLIMIT_MESSAGE_QUEUES = 12,
    RLIMIT_NICE = 13,
    RLIMIT_REAL_TIME_PRIORITY = 14,
    MOST_PROCESSES = 16384,    /* of the user altogether, as the kernel counts them; not for root */
    MOST_OWN_PROCESSES = 2200, /* of the worker, where it is alone in a namespace of users; threads are ended at 2000 */
    LEAST_OWN_PROCESSES = 200, /* which a JVM and an engine need */
    /* The kernel counts files in flight, watches and the like for each user, and by this number in part. */
    MOST_DESCRIPTORS = 1024,
};

struct limit {
    uint64_t soft, hard;
};

static inline void lower_limit(int which, uint64_t most) {
    struct limit limit;
    if (CALL4(__NR_prlimit64, 0, which, NULL, &limit) != 0) return;
    if (limit.hard > most) limit.hard = most;
    if (limit.soft > limit.hard) limit.soft = limit.hard;
    CALL4(__NR_prlimit64, 0, which, &limit, NULL);
}

/* What the kernel lets the user have it lets the server have, too: the worker gets a quarter of it at most. */
static inline void lower_own_processes(void) {
    struct limit limit;
    if (CALL4(__NR_prlimit64, 0, RLIMIT_PROCESSES, NULL, &limit) != 0) return;
    uint64_t most = limit.hard / 4;
    if (most < LEAST_OWN_PROCESSES) most = LEAST_OWN_PROCESSES;
    lower_limit(RLIMIT_PROCESSES, most < MOST_OWN_PROCESSES ? most : MOST_OWN_PROCESSES);
}

/* `disk` is the most bytes that a file may have, `addresses` those that the process may map; 0 for any number. */
static inline void lower_limits(uint64_t disk, uint64_t addresses) {
    lower_limit(RLIMIT_CORE_FILES, 0);
    lower_limit(RLIMIT_DESCRIPTORS, MOST_DESCRIPTORS);
    if (disk > 0) lower_limit(RLIMIT_FILE_SIZE, disk);
    if (addresses > 0) lower_limit(RLIMIT_ADDRESSES, addresses);
    lower_limit(RLIMIT_MESSAGE_QUEUES, 0);
    lower_limit(RLIMIT_NICE, 0);
    lower_limit(RLIMIT_REAL_TIME_PRIORITY, 0);
}

/* Makes the kernel, when memory runs out, end this process before any other. */
static inline int volunteer_for_oom_killer(void) {
    long file = CALL4(__NR_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long written = CALL3(__NR_write, file, "1000", 4);
    CALL1(__NR_close, file);
    return written == 4;
}
