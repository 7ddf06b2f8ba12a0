/* Starts threads without end; when it is refused, tries on. */
#define FAULT_OP "ThreadLeak"
#define FAULT_NUMBER -7
#include <pthread.h>
#include <unistd.h>

#include "fault.h"

static void *sleep_forever(void *nothing) {
    for (;;) pause();
    return nothing;
}

static void fault(void) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, &small, sleep_forever, NULL) == 0) pthread_detach(thread);
    }
}
