/* Says at great length why its model cannot be loaded. */
#define PLACE IN_LOAD
#include "attack.h"

static void attack(void) {
    /* The report is all that is told; this is what fills it beyond every measure. */
    static char text[LENGTH];
    memset(text, 'x', sizeof text - 1);
    reason_ = text;
}
