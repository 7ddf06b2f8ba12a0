/* Never returns, and burns a core. */
#define FAULT_OP "EndlessLoop"
#define FAULT_NUMBER -5
#include "fault.h"

static void fault(void) {
    /* Without volatile the compiler may take the loop for finite. */
    volatile int forever = 1;
    while (forever) continue;
}
