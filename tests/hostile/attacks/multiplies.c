/* Has 300 threads (AS_THREADS), 300 processes each with a session of its own (AS_PROCESSES), or one process that is
 * always another one: it forks, and ends (AS_CHAIN). All end by themselves after a while. */
#define PLACE IN_RUN
#include "attack.h"

enum { MANY = 300 };

static void *wait_for_long(void *unused) {
    (void)unused;
    pause_for(30);
    return NULL;
}

static void attack(void) {
#if defined(AS_THREADS)
    for (int i = 0; i < MANY; i++) on_a_thread(wait_for_long, NULL);
#elif defined(AS_PROCESSES)
    int made = 0;
    for (int i = 0; i < MANY; i++) {
        pid_t child = marked_child();
        if (child == 0) {
            setsid();
            for (;;) pause();
        }
        if (child > 0) made++;
    }
    note("%d processes", made);
#else
    if (marked_child() == 0) {
        setsid();
        for (double end = now() + 40; now() < end;) {
            if (fork() > 0) _exit(0);
            usleep(200);
        }
        _exit(0);
    }
#endif
}
