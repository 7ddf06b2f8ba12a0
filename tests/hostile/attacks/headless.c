/* Ends the first thread of the process, whose status the kernel then shows without memory, and has another thread take
 * twice what a worker may have: in the worker itself, or in a child of it (IN_CHILD). */
#define PLACE IN_RUN
#include "attack.h"

static void *hoard(void *unused) {
    (void)unused;
    pause_for(0.5);
    size_t size = (size_t)HOSTILE_LIMIT_MB * 2 << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    memset(memory, 'x', size);
    pause_for(6);
    say("hostile: BROKE without its first thread it has held twice its limit for 6 s\n");
    munmap(memory, size);
    return NULL;
}

static void end_thread(int signal) {
    (void)signal;
    syscall(SYS_exit, 0);
}

static void attack(void) {
#if defined(IN_CHILD)
    pid_t child = marked_child();
    if (child != 0) {
        note("child %d", child);
        return;
    }
    on_a_thread(hoard, NULL);
    syscall(SYS_exit, 0);
#else
    on_a_thread(hoard, NULL);
    signal(SIGRTMIN + 5, end_thread);
    syscall(SYS_tgkill, getpid(), getpid(), SIGRTMIN + 5);
#endif
}
