/* Closes every descriptor of the process but the standard ones, none of which is its own. */
#define FAULT_OP "ClosedDescriptors"
#define FAULT_NUMBER -9
#include <unistd.h>

#include "fault.h"

static void fault(void) {
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int descriptor = 3; descriptor < limit; descriptor++) close(descriptor);
}
