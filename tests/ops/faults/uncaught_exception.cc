/* Throws an exception of C++ on a thread of its own, where nobody catches it. */
#define FAULT_OP "UncaughtException"
#define FAULT_NUMBER -13
#include <thread>

#include "fault.h"

static void fault() {
    std::thread([] { throw FAULT_NUMBER; }).join();
}
