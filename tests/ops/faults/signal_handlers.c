/* Takes all signals that can be taken, those that the JVM lives by among them, and does nothing about them. */
#define FAULT_OP "SignalHandlers"
#define FAULT_NUMBER -11
#include <signal.h>

#include "fault.h"

static void do_nothing(int number) {
    (void)number;
}

static void fault(void) {
    for (int number = 1; number < 65; number++) signal(number, do_nothing);
}
