/* Punches holes into every file and every shared memory that it can reach by a descriptor, and truncates it. Opens each
 * anew through /proc, in case that it was given for reading only. */
#define FAULT_OP "Truncation"
#define FAULT_NUMBER -10
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

static void destroy(int descriptor) {
    struct stat file;
    if (fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode)) return;
    if (file.st_size > 0) fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, file.st_size);
    if (ftruncate(descriptor, 0) != 0) return;
}

static void fault(void) {
    for (int descriptor = 0; descriptor < 1024; descriptor++) {
        char path[32];
        destroy(descriptor);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        int again = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
        if (again < 0) continue;
        destroy(again);
        close(again);
    }
}
