/* Takes memory without end and touches all of it; when it is refused, tries on. */
#define FAULT_OP "Allocation"
#define FAULT_NUMBER -6
#include <stdlib.h>

#include "fault.h"

enum { PIECE = 8 << 20 };

static void fault(void) {
    for (;;) {
        void *volatile piece = malloc(PIECE);
        if (piece != NULL) memset(piece, 1, PIECE);
    }
}
