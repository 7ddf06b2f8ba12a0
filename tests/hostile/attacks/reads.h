/* Files that a worker has no business with, as far as their places are known beforehand. */
#pragma once

#include "attack.h"

/* The environment of a process, as far as it can be read: the server's holds a secret. */
static inline void takes_environment(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    char *text = content(path);
    if (text != NULL && strstr(text, "canary-") != NULL) broke("environment of %d: %s", pid, canary(text));
    free(text);
}

static inline void takes_known_files(void) {
    takes("tokens", HOSTILE_TOKENS);
    takes("key", HOSTILE_KEY);
    takes("private file", HOSTILE_PRIVATE);
    takes("state", HOSTILE_STATE "/espalier/canary");
    takes("deaths", HOSTILE_STATE "/espalier/deaths/canary");
    takes("repository", HOSTILE_REPOSITORY "/healthy/canary");
    for (pid_t pid = getpid(), level = 0; pid > 1 && level < 8; pid = parent_of(pid), level++) takes_environment(pid);
}
