/* Needs a function whose mangled name is none to be read: SYMBOL is one of those in symbols.h. */
#define PLACE IN_RUN
#include "attack.h"
#include "symbols.h"

extern char missing_ __asm__(SYMBOL);

void *needed_ = &missing_;

static void attack(void) {
}
