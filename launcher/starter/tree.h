/* What all processes of a worker take together, as its own /proc shows them. */
#pragma once

#include "folder.h"

/* The number behind `name` in one of the kernel's lists, such as a process's status; 0 for none. */
static inline uint64_t number_of(const char *list, const char *name) {
    for (const char *line = list; *line != 0;) {
        const char *value = after(name, line);
        if (value != NULL) {
            while (*value == ' ' || *value == '\t') value++;
            return (uint64_t)read_number(value);
        }
        while (*line != 0 && *line != '\n') line++;
        if (*line == '\n') line++;
    }
    return 0;
}

/* More than any limit: for what cannot be looked at. */
#define UNKNOWN ((uint64_t)1 << 40)

/* Kilobytes of memory of a process; what it shares is left out where `own` is set. */
static inline uint64_t memory_of(const char *pid, int own) {
    char path[48], status[4096];
    struct text text = {path, 0, sizeof path - 1};
    put_text(&text, "/proc/");
    put_text(&text, pid);
    put_text(&text, "/status");
    path[text.length] = 0;
    long file = CALL4(__NR_openat, AT_FDCWD, path, O_CLOEXEC, 0);
    if (file < 0) return file == -ENOENT ? 0 : UNKNOWN;
    long got = CALL3(__NR_read, file, status, sizeof status - 1);
    CALL1(__NR_close, file);
    status[got > 0 ? got : 0] = 0;
    uint64_t memory = number_of(status, "RssAnon:") + number_of(status, "VmSwap:") + number_of(status, "VmPTE:");
    /* A first thread that has ended hides the memory of those that live on. */
    if (memory == 0 && number_of(status, "Threads:") > 1) return UNKNOWN;
    return own ? memory : memory + number_of(status, "RssShmem:");
}

/* Kilobytes of memory of all that the worker has started, and with these of what is its own; 0 where it has started
 * nothing: alone it is watched from outside. `keeper` and `worker` are the ids in the namespace. */
static inline uint64_t memory_of_tree(long keeper, long worker) {
    long processes = CALL4(__NR_openat, AT_FDCWD, "/proc", O_DIRECTORY | O_CLOEXEC, 0);
    if (processes < 0) return UNKNOWN;
    _Alignas(8) char buffer[4096];
    uint64_t others = 0, own = 0;
    long bytes;
    while ((bytes = CALL3(__NR_getdents64, processes, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            struct entry *entry = (struct entry *)(buffer + at);
            at += entry->size;
            long pid = read_number(entry->name);
            if (pid == worker) own = memory_of(entry->name, 1);
            else if (pid > 0 && pid != keeper) others += memory_of(entry->name, 0);
        }
    }
    CALL1(__NR_close, processes);
    return others == 0 ? 0 : others + own;
}
