/* Landlock, the kernel's sandbox for processes without privileges: which files may be read and written, no TCP, no
 * signals to processes outside, no connections to their abstract sockets. The numbers are the kernel's; its header may be older than the kernel. */
#pragma once

#include "system.h"

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

enum { LANDLOCK_QUERY_VERSION = 1, LANDLOCK_PATH_BENEATH = 1 };
enum { LANDLOCK_WITH_REFER = 2, LANDLOCK_WITH_TRUNCATE = 3, LANDLOCK_WITH_NETWORK = 4, LANDLOCK_WITH_IOCTL = 5 };
enum { LANDLOCK_WITH_SCOPES = 6 };

enum {
    FILE_EXECUTE = 1 << 0,
    FILE_WRITE = 1 << 1,
    FILE_READ = 1 << 2,
    FOLDER_READ = 1 << 3,
    FILE_ALL_FIRST_VERSION = (1 << 13) - 1,
    FILE_REFER = 1 << 13,
    FILE_TRUNCATE = 1 << 14,
    FILE_IOCTL = 1 << 15,
    NETWORK_TCP = 3,
    SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3,
};

struct landlock_rules {
    uint64_t files, network, scopes;
};

struct __attribute__((packed)) landlock_path {
    uint64_t allowed;
    int32_t descriptor;
};

/* Allows `access` below what is open as `descriptor`, and closes it; what could not be opened needs no rule. */
static inline void landlock_allow(long rules, long descriptor, uint64_t access) {
    if (descriptor < 0) return;
    struct landlock_path rule = {access, (int32_t)descriptor};
    if (CALL4(__NR_landlock_add_rule, rules, LANDLOCK_PATH_BENEATH, &rule, 0) == -EINVAL) {
        /* A file: what concerns folders does not apply. */
        rule.allowed &= FILE_EXECUTE | FILE_WRITE | FILE_READ | FILE_TRUNCATE | FILE_IOCTL;
        CALL4(__NR_landlock_add_rule, rules, LANDLOCK_PATH_BENEATH, &rule, 0);
    }
    CALL1(__NR_close, descriptor);
}

/* Restricts the calling process to the paths in `arguments`. The version of Landlock, or a negative error. */
static inline long landlock(char **arguments, int network) {
    long version = CALL3(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_QUERY_VERSION);
    if (version <= 0) return version;
    struct landlock_rules handled = {FILE_ALL_FIRST_VERSION, 0, 0};
    size_t size = sizeof handled.files;
    if (version >= LANDLOCK_WITH_REFER) handled.files |= FILE_REFER;
    if (version >= LANDLOCK_WITH_TRUNCATE) handled.files |= FILE_TRUNCATE;
    if (version >= LANDLOCK_WITH_IOCTL) handled.files |= FILE_IOCTL;
    if (version >= LANDLOCK_WITH_NETWORK) {
        handled.network = network ? 0 : NETWORK_TCP;
        size += sizeof handled.network;
    }
    if (version >= LANDLOCK_WITH_SCOPES) {
        handled.scopes = SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS;
        size += sizeof handled.scopes;
    }
    long rules = CALL3(__NR_landlock_create_ruleset, &handled, size, 0);
    if (rules < 0) return rules;
    for (char **argument = arguments; *argument != NULL && after("--", *argument) != NULL; argument++) {
        const char *path;
        static const uint64_t reading = FILE_EXECUTE | FILE_READ | FOLDER_READ;
        if ((path = after("--read=", *argument)) != NULL) {
            landlock_allow(rules, CALL4(__NR_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0), reading);
        } else if ((path = after("--write=", *argument)) != NULL) {
            landlock_allow(rules, CALL4(__NR_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0), handled.files);
        } else if ((path = after("--read-exactly=", *argument)) != NULL) {
            landlock_allow(rules, open_exactly(path), reading);
        } else if ((path = after("--write-exactly=", *argument)) != NULL) {
            landlock_allow(rules, open_exactly(path), handled.files);
        }
    }
    long failure = CALL2(__NR_landlock_restrict_self, rules, 0);
    CALL1(__NR_close, rules);
    return failure < 0 ? failure : version;
}
