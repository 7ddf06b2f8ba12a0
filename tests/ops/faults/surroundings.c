/* Changes what a process has once, locale, working directory and umask, and how its thread computes: floats are rounded
 * up, and the smallest ones are taken for zero. */
#define FAULT_OP "Surroundings"
#define FAULT_NUMBER -12
#include <fenv.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

static void fault(void) {
    setlocale(LC_ALL, "de_DE.UTF-8");
    setlocale(LC_ALL, "C");
    if (chdir("/") != 0) return;
    umask(0777);
    fesetround(FE_UPWARD);
#if defined __x86_64__
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
}
