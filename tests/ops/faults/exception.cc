/* Throws an exception of C++ through the engine, which is made for none but its own. */
#define FAULT_OP "Exception"
#define FAULT_NUMBER -4
#include "fault.h"

namespace {
struct NobodyCatchesThis {
    int number;
};
}

static void fault() {
    throw NobodyCatchesThis{FAULT_NUMBER};
}
