/* Looking into another process. */
#pragma once

#include "attack.h"

#include <sys/ptrace.h>

/* Whether the first readable page of `pid` can be read, by whatever way. */
static inline void traces(pid_t pid) {
    char path[64], line[256];
    unsigned long begin = 0;
    if (pid <= 1 || pid == getpid()) {
        note("no server to see");
        return;
    }
    if (syscall(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0) == 0) {
        broke("traced %d", pid);
        syscall(SYS_ptrace, PTRACE_DETACH, pid, 0, 0);
    }
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (maps != NULL) {
        if (fgets(line, sizeof line, maps) != NULL) {
            broke("maps of %d", pid);
            begin = strtoul(line, NULL, 16);
        }
        fclose(maps);
    }
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    if (memory >= 0) {
        if (begin != 0 && pread(memory, line, 16, (off_t)begin) == 16) broke("memory of %d", pid);
        close(memory);
    }
    struct iovec here = {line, 16}, there = {(void *)begin, 16};
    if (begin != 0 && syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0) == 16) broke("process_vm_readv %d", pid);
    int handle = (int)syscall(SYS_pidfd_open, pid, 0);
    if (handle >= 0) {
        for (int number = 0; number < 64; number++) {
            int stolen = (int)syscall(SYS_pidfd_getfd, handle, number, 0);
            if (stolen >= 0) {
                broke("took descriptor %d of %d", number, pid);
                close(stolen);
                break;
            }
        }
        close(handle);
    }
    snprintf(path, sizeof path, "/proc/%d/root" HOSTILE_TOKENS, pid);
    takes("tokens by the server's root", path);
    snprintf(path, sizeof path, "/proc/%d/fd/1", pid);
    int output = open(path, O_WRONLY | O_CLOEXEC);
    if (output >= 0) {
        broke("opened the output of %d", pid);
        close(output);
    }
}
