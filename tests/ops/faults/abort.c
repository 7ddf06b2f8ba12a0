/* Calls abort(). */
#define FAULT_OP "Abort"
#define FAULT_NUMBER -2
#include <stdlib.h>

#include "fault.h"

static void fault(void) {
    abort();
}
