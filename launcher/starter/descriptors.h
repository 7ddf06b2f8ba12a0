/* What a worker has open: nothing to read as 0, what it says as 1 and 2, the control socket as 3. The starter's own
 * two pipes, by which it hears of the server's end and reports, are never among it. */
#pragma once

#include "system.h"

enum { F_DUPFD_CLOEXEC = 1030, OUTPUT = 2, CONTROL = 3, SPEECH = 4, OUT_OF_THE_WAY = 64 };

/* Gives the calling process the worker's descriptors, and until it becomes the worker SPEECH, which was `talk`. 0, or a
 * negative error.
 *
 * `control` is the connected control socket, or negative for none. */
static inline long arrange_descriptors(long control, long talk) {
    long speech = CALL3(__NR_fcntl, talk, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    long kept = control < 0 ? 0 : CALL3(__NR_fcntl, control, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    long nothing = CALL4(__NR_openat, AT_FDCWD, "/dev/null", O_CLOEXEC, 0);
    if (speech < 0 || kept < 0 || nothing < 0) return speech < 0 ? speech : kept < 0 ? kept : nothing;
    long failure = CALL3(__NR_dup3, nothing, 0, 0);
    if (failure >= 0) failure = CALL3(__NR_dup3, OUTPUT, 1, 0);
    if (failure >= 0 && control >= 0) failure = CALL3(__NR_dup3, kept, CONTROL, 0);
    if (failure >= 0) failure = CALL3(__NR_dup3, speech, SPEECH, O_CLOEXEC);
    if (failure < 0) return failure;
    if (control < 0) CALL1(__NR_close, CONTROL);
    CALL3(__NR_close_range, SPEECH + 1, ~0U, 0);
    return 0;
}
