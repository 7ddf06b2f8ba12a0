/* The worker's control group (cgroup v2), in which the kernel counts what it has the kernel use, too. The server has made
 * it, with its limits; the keeper stays outside, so that it can still do its own when there is no more for the worker. */
#pragma once

#include "system.h"
#include "text.h"
#include "tree.h"

/* Opens a file of the group for writing, or for reading. */
static inline long open_in_group(const char *group, const char *file, long flags) {
    char path[4096];
    struct text text = {path, 0, sizeof path - 1};
    put_text(&text, group);
    put_text(&text, "/");
    put_text(&text, file);
    path[text.length] = 0;
    return CALL4(__NR_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0);
}

/* Opens where a process joins; negative where it cannot, or there is no group. */
static inline long open_group(const char *group) {
    return group == NULL ? -ENOENT : open_in_group(group, "cgroup.procs", O_WRONLY);
}

/* Puts the calling process into the group. 0, or a negative error. */
static inline long join_group(long group) {
    if (group < 0) return group;
    long written = CALL3(__NR_write, group, "0", 1);
    return written < 0 ? written : 0;
}

/* Kills everything in the group at once, also what is forking faster than it can be found. */
static inline void kill_group(const char *group) {
    long file = group == NULL ? -ENOENT : open_in_group(group, "cgroup.kill", O_WRONLY);
    if (file < 0) return;
    CALL3(__NR_write, file, "1", 1);
    CALL1(__NR_close, file);
}

/* Whether the kernel has ended a process of the group for the memory that the group has. */
static inline int group_ran_out(const char *group) {
    char events[1024];
    long file = group == NULL ? -ENOENT : open_in_group(group, "memory.events", 0);
    if (file < 0) return 0;
    long got = CALL3(__NR_read, file, events, sizeof events - 1);
    CALL1(__NR_close, file);
    events[got > 0 ? got : 0] = 0;
    return number_of(events, "oom_kill ") > 0;
}

static inline void remove_group(const char *group) {
    if (group != NULL) CALL3(__NR_unlinkat, AT_FDCWD, group, AT_REMOVEDIR);
}
