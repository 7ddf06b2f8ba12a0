/* What a worker has open: nothing to read as 0, what it says as 1 and 2, the control socket as 3. The starter's own
 * two pipes, by which it hears of the server's end and reports, are never among it. */
#pragma once

#include "report.h"
#include "system.h"

enum { F_DUPFD_CLOEXEC = 1030, OUTPUT = 2, CONTROL = 3, REPORTS = 4, OUT_OF_THE_WAY = 64 };

/* Gives the calling process the worker's descriptors, and until it becomes the worker one for reports. 0, or a negative
 * error.
 *
 * `control` is the connected control socket, or negative for none. */
static inline long arrange_descriptors(long control) {
    long reports = CALL3(__NR_fcntl, 1, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    long kept = control < 0 ? 0 : CALL3(__NR_fcntl, control, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    long nothing = CALL4(__NR_openat, AT_FDCWD, "/dev/null", O_CLOEXEC, 0);
    if (reports < 0 || kept < 0 || nothing < 0) return reports < 0 ? reports : kept < 0 ? kept : nothing;
    moved_reports = (int)reports;
    long failure = CALL3(__NR_dup3, nothing, 0, 0);
    if (failure >= 0) failure = CALL3(__NR_dup3, OUTPUT, 1, 0);
    if (failure >= 0) failure = control < 0 ? CALL1(__NR_close, CONTROL) : CALL3(__NR_dup3, kept, CONTROL, 0);
    if (control < 0) failure = 0;
    if (failure >= 0) failure = CALL3(__NR_dup3, reports, REPORTS, O_CLOEXEC);
    if (failure < 0) return failure;
    moved_reports = REPORTS;
    CALL3(__NR_close_range, REPORTS + 1, ~0U, 0);
    return 0;
}
