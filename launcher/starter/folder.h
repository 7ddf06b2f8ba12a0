/* The worker's folder: whose it is, and its end with everything that it holds. */
#pragma once

#include "status.h"
#include "text.h"

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

/* Opens the folder `name` in the folder `parent`, also where an op has taken the permissions away; never a link's
 * target. */
static inline long open_folder(long parent, const char *name) {
    long place = CALL4(__NR_openat, parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (place < 0) return place;
    char path[64];
    struct text text = {path, 0, sizeof path - 1};
    put_text(&text, "/proc/self/fd/");
    put_number(&text, place);
    path[text.length] = 0;
    CALL3(__NR_fchmodat, AT_FDCWD, path, 0700);
    long folder = CALL4(__NR_openat, place, ".", O_DIRECTORY | O_CLOEXEC, 0);
    CALL1(__NR_close, place);
    return folder;
}

/* Empties the folder `name` in the folder `parent`, never following a link. */
static inline void empty_folder(long parent, const char *name, int level) {
    long folder = open_folder(parent, name);
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

/* Gives a folder that holds nothing but files, and these, to a user. */
static inline void give_folder(const char *path, long user, long group) {
    long folder = CALL4(__NR_openat, AT_FDCWD, path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (folder < 0) return;
    _Alignas(8) char buffer[4096];
    long bytes;
    while ((bytes = CALL3(__NR_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            struct entry *entry = (struct entry *)(buffer + at);
            at += entry->size;
            if (!is_dots(entry->name)) {
                CALL5(__NR_fchownat, folder, entry->name, user, group, AT_SYMLINK_NOFOLLOW);
            }
        }
    }
    CALL3(__NR_fchown, folder, user, group);
    CALL1(__NR_close, folder);
}

/* How much of the disk a folder takes, and of how many files. */
struct use {
    uint64_t bytes;
    long files;
};

enum { MOST_FILES = 100000 };

/* Adds what lies in the folder `name`, until that is more than anybody may have. */
static inline void add_use(long parent, const char *name, int level, struct use *use) {
    long folder = open_folder(parent, name);
    if (folder < 0) return;
    _Alignas(8) char buffer[4096];
    long bytes;
    while (use->files <= MOST_FILES && (bytes = CALL3(__NR_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            struct entry *entry = (struct entry *)(buffer + at);
            at += entry->size;
            if (is_dots(entry->name)) continue;
            struct file_status status;
            use->files++;
            if (CALL5(__NR_statx, folder, entry->name, AT_SYMLINK_NOFOLLOW, STATUS_ALL, &status) < 0) continue;
            use->bytes += status.blocks * 512;
            if ((status.mode & S_IFMT) != S_IFDIR) continue;
            if (level < MOST_LEVELS) add_use(folder, entry->name, level + 1, use);
            else use->files = MOST_FILES + 1;
        }
    }
    CALL1(__NR_close, folder);
}
