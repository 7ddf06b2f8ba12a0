/* Changes what the server, the keeper and another worker may use: limits, scheduling, priority, processors. */
#define PLACE IN_RUN
#include "attack.h"

#include <sched.h>
#include <sys/resource.h>

static void changes(pid_t pid) {
    if (pid <= 0 || pid == getpid()) return;
    struct rlimit before, few = {8, 8}, second = {1, RLIM_INFINITY};
    struct sched_param parameters = {0};
    cpu_set_t one;
    if (prlimit(pid, RLIMIT_NOFILE, NULL, &before) == 0) {
        broke("saw limits of %d", pid);
        few.rlim_max = before.rlim_max;
        if (prlimit(pid, RLIMIT_NOFILE, &few, NULL) == 0) broke("limited descriptors of %d", pid);
    }
    if (prlimit(pid, RLIMIT_CPU, &second, NULL) == 0) broke("limited processor time of %d", pid);
    if (sched_setscheduler(pid, SCHED_IDLE, &parameters) == 0) broke("scheduled %d", pid);
    if (setpriority(PRIO_PROCESS, (id_t)pid, 19) == 0) broke("made %d nice", pid);
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    if (sched_setaffinity(pid, sizeof one, &one) == 0) broke("took processors from %d", pid);
    /* IOPRIO_WHO_PROCESS, the idle class */
    if (syscall(SYS_ioprio_set, 1, pid, 3 << 13) == 0) broke("made input and output of %d wait", pid);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        if (write(file, "1000", 4) == 4) broke("offered %d when memory runs out", pid);
        close(file);
    }
}

static void attack(void) {
    pid_t victim = (pid_t)wanted_[1];
    changes(server());
    if (getpid() < 10) changes(1); /* the keeper, in a namespace of the worker's own */
    if (is_target(victim)) changes(victim);
}
