/* Removes the worker's folder with everything that it holds. */
#pragma once

#include "system.h"

enum { MOST_LEVELS = 64 };

struct entry {
    uint64_t inode;
    int64_t next;
    unsigned short size;
    unsigned char type;
    char name[];
};

static inline int is_dots(const char *name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/* Empties the folder `name` in the folder `parent`, never following a link. */
static inline void empty_folder(long parent, const char *name, int level) {
    /* An op may have taken the permissions away. */
    CALL3(__NR_fchmodat, parent, name, 0700);
    long folder = CALL4(__NR_openat, parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (folder < 0) return;
    _Alignas(8) char buffer[4096];
    long bytes;
    while ((bytes = CALL3(__NR_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            struct entry *entry = (struct entry *)(buffer + at);
            at += entry->size;
            if (is_dots(entry->name) || CALL3(__NR_unlinkat, folder, entry->name, 0) == 0) continue;
            if (level < MOST_LEVELS) empty_folder(folder, entry->name, level + 1);
            CALL3(__NR_unlinkat, folder, entry->name, AT_REMOVEDIR);
        }
    }
    CALL1(__NR_close, folder);
}

static inline void remove_folder(const char *path) {
    /* A listing that changes while it is read can miss entries. */
    for (int attempt = 0; attempt < 3; attempt++) {
        empty_folder(AT_FDCWD, path, 0);
        if (CALL3(__NR_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) == 0) return;
    }
}
