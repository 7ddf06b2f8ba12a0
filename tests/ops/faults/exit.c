/* Ends the process, and runs no exit handler. */
#define FAULT_OP "Exit"
#define FAULT_NUMBER -3
#include <unistd.h>

#include "fault.h"

static void fault(void) {
    _exit(3);
}
