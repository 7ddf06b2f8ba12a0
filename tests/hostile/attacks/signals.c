/* Signals the server and another worker, by every call that can. SIGSTOP, so that both can be set going again. */
#define PLACE IN_RUN
#include "attack.h"

static void signals(pid_t pid) {
    if (pid <= 1 || pid == getpid()) return;
    if (kill(pid, SIGSTOP) == 0) broke("stopped %d", pid);
    if (syscall(SYS_tgkill, pid, pid, SIGSTOP) == 0) broke("stopped a thread of %d", pid);
    siginfo_t information = {.si_signo = SIGSTOP, .si_code = SI_QUEUE};
    if (syscall(SYS_rt_sigqueueinfo, pid, SIGSTOP, &information) == 0) broke("queued for %d", pid);
    int handle = (int)syscall(SYS_pidfd_open, pid, 0);
    if (handle >= 0 && syscall(SYS_pidfd_send_signal, handle, SIGSTOP, NULL, 0) == 0) broke("stopped the handle of %d", pid);
    if (handle >= 0) close(handle);
    /* A descriptor whose news come as a signal to whoever is named its owner. */
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
        if (fcntl(pair[0], F_SETOWN, pid) == 0 && fcntl(pair[0], F_SETSIG, SIGSTOP) == 0) {
            fcntl(pair[0], F_SETFL, O_ASYNC);
            if (write(pair[1], "x", 1) != 1) note("no news");
        }
        close(pair[0]);
        close(pair[1]);
    }
}

static void attack(void) {
    pid_t victim = (pid_t)wanted_[1];
    signals(server());
    if (is_target(victim)) signals(victim);
}
