/* What a worker may not do, put on the calling process; it holds for everything that the process becomes and forks. */
#pragma once

#include "landlock.h"
#include "report.h"
#include "system.h"

enum { SANDBOX_OFF, SANDBOX_AUTO, SANDBOX_ON };

struct confinement {
    char **arguments; /* where --read=PATH and --write=PATH stand, up to "--" */
    const char *socket; /* the server's control socket; NULL for none */
    const char *folder;
    int sandbox;
};

enum {
    PR_SET_PDEATHSIG = 1,
    PR_SET_NO_NEW_PRIVS = 38,
    RLIMIT_CORE_FILES = 4,
    RLIMIT_PROCESSES = 6,
    MOST_PROCESSES = 16384, /* of the user altogether, as the kernel counts them; not for root */
};

struct limit {
    uint64_t soft, hard;
};

static inline void lower_limit(int which, uint64_t most) {
    struct limit limit;
    if (CALL4(__NR_prlimit64, 0, which, NULL, &limit) != 0) return;
    if (limit.hard > most) limit.hard = most;
    if (limit.soft > limit.hard) limit.soft = limit.hard;
    CALL4(__NR_prlimit64, 0, which, &limit, NULL);
}

/* Makes the kernel, when memory runs out, end this process before any other. */
static inline int volunteer_for_oom_killer(void) {
    long file = CALL4(__NR_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long written = CALL3(__NR_write, file, "1000", 4);
    CALL1(__NR_close, file);
    return written == 4;
}

/* Confines the calling process and reports what is in force. 0, or not where that is less than was asked for. */
static inline int confine(const struct confinement *wanted, long parent) {
    struct report report;
    begin_report(&report);
    put_text(&report.text, "pid ");
    put_number(&report.text, CALL1(__NR_getpid, 0));
    put_text(&report.text, ": own session, no core files");
    CALL1(__NR_setsid, 0);
    call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (CALL1(__NR_getppid, 0) != parent) return fail("the server is gone", 0);
    lower_limit(RLIMIT_CORE_FILES, 0);
    lower_limit(RLIMIT_PROCESSES, MOST_PROCESSES);
    if (volunteer_for_oom_killer()) put_text(&report.text, ", first to go when memory runs out");
    long moved = CALL1(__NR_chdir, wanted->folder);
    if (moved != 0) return fail("cannot enter the worker's folder", moved);
    if (call(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        put_text(&report.text, ", no new privileges");
    }
    if (wanted->sandbox == SANDBOX_OFF) {
        put_text(&report.text, "; files and network as the server's (--worker-sandbox=off)");
    } else {
        long version = landlock(wanted->arguments);
        if (version > 0) {
            put_text(&report.text, "; Landlock ");
            put_number(&report.text, version);
            put_text(&report.text, version >= LANDLOCK_WITH_NETWORK
                    ? ": reads engine, ops and models, writes its own folder, no TCP"
                    : ": reads engine, ops and models, writes its own folder");
        } else if (wanted->sandbox == SANDBOX_ON) {
            return fail("--worker-sandbox=on, and the kernel has no Landlock; use auto or off", version);
        } else {
            put_text(&report.text, "; files and network as the server's (the kernel has no Landlock)");
        }
    }
    send_report(&report);
    return 0;
}
