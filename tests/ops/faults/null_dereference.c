/* Writes through a null pointer. */
#define FAULT_OP "NullDereference"
#define FAULT_NUMBER -1
#include "fault.h"

static void fault(void) {
    /* Without volatile the compiler drops the write. */
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}
