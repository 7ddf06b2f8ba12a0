/* Views of the machine that a worker has to itself: users, mounts, process ids, System V objects, network. An ordinary
 * user's worker gets all of them below a namespace of users that maps its user to itself; the superuser's needs none for
 * that. */
#pragma once

#include "system.h"
#include "text.h"

enum {
    NEW_MOUNTS = 0x00020000,
    NEW_IPC = 0x08000000,
    NEW_USERS = 0x10000000,
    NEW_IDS = 0x20000000,
    NEW_NETWORK = 0x40000000,
    PR_SET_DUMPABLE = 4,
};

/* Who a process is. */
struct owner {
    long user, group;
};

static inline struct owner own_owner(void) {
    return (struct owner){CALL1(__NR_geteuid, 0), CALL1(__NR_getegid, 0)};
}

static inline void name_namespaces(struct text *text, long namespaces) {
    static const struct {
        long flag;
        const char *name;
    } names[] = {{NEW_USERS, "users"}, {NEW_MOUNTS, "files"}, {NEW_IDS, "processes"}, {NEW_IPC, "ipc"},
        {NEW_NETWORK, "network"}};
    const char *between = " ";
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if ((namespaces & names[i].flag) == 0) continue;
        put_text(text, between);
        put_text(text, names[i].name);
        between = "+";
    }
}

static inline long write_file(const char *path, const char *bytes, size_t size) {
    long file = CALL4(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) return file;
    long written = CALL3(__NR_write, file, bytes, size);
    CALL1(__NR_close, file);
    return written < 0 ? written : 0;
}

static inline long map_id(const char *path, long id) {
    char line[64];
    struct text text = {line, 0, sizeof line};
    put_number(&text, id);
    put_text(&text, " ");
    put_number(&text, id);
    put_text(&text, " 1");
    return write_file(path, line, text.length);
}

/* Gives the calling process, which is in a new namespace of users, the user and group there that it was before. */
static inline long map_owner(struct owner owner) {
    long failure = write_file("/proc/self/setgroups", "deny", 4);
    if (failure == 0) failure = map_id("/proc/self/gid_map", owner.group);
    return failure == 0 ? map_id("/proc/self/uid_map", owner.user) : failure;
}

/* Makes the calling process `owner`, in no further groups. 0, or a negative error. */
static inline long become_owner(struct owner owner) {
    long failure = CALL2(__NR_setgroups, 0, NULL);
    if (failure == 0) failure = CALL3(__NR_setresgid, owner.group, owner.group, owner.group);
    if (failure == 0) failure = CALL3(__NR_setresuid, owner.user, owner.user, owner.user);
    /* The kernel keeps what a process of its own is from one that has changed its user. */
    if (failure == 0) failure = call(__NR_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    return failure;
}
