/* Leaves an exit handler behind that never returns, and exits into it. */
#define FAULT_OP "ExitHandler"
#define FAULT_NUMBER -8
#include <stdlib.h>
#include <unistd.h>

#include "fault.h"

static void never_return(void) {
    for (;;) pause();
}

static void fault(void) {
    atexit(never_return);
    exit(0);
}
