/* The control socket: connected to the server before anything of the worker's runs, and inherited by it. So the server
 * knows whom it hears by the id of the starter, its own child, and a worker needs neither names nor `connect`. */
#pragma once

#include "system.h"

enum { AF_UNIX = 1, SOCK_STREAM = 1, LONGEST_NAME = 107 };

struct unix_address {
    unsigned short family;
    char name[LONGEST_NAME + 1];
};

/* Connects to the abstract name `name`. The descriptor, or a negative error. */
static inline long connect_control(const char *name) {
    struct unix_address address = {AF_UNIX, {0}};
    size_t size = length(name);
    if (size > LONGEST_NAME) return -EINVAL;
    for (size_t i = 0; i < size; i++) address.name[i + 1] = name[i];
    long descriptor = CALL3(__NR_socket, AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0);
    if (descriptor < 0) return descriptor;
    long failure = CALL3(__NR_connect, descriptor, &address, sizeof address.family + 1 + size);
    return failure < 0 ? failure : descriptor;
}
