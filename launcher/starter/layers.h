/* The names of what confines a worker, and of what should and is not there. */
#pragma once

#include "text.h"

struct layers {
    char there[900], missing[900];
    struct text in_force, lacking;
};

static inline void begin_layers(struct layers *layers) {
    layers->in_force = (struct text){layers->there, 0, sizeof layers->there - 1};
    layers->lacking = (struct text){layers->missing, 0, sizeof layers->missing - 1};
}

static inline void put_name(struct text *text, const char *name) {
    if (text->length > 0) put_text(text, ", ");
    put_text(text, name);
}

static inline void in_force(struct layers *layers, const char *name) {
    put_name(&layers->in_force, name);
}

/* `error` is the kernel's, negative; 0 for none. */
static inline void lacks(struct layers *layers, const char *name, long error) {
    put_name(&layers->lacking, name);
    if (error != 0) {
        put_text(&layers->lacking, " (error ");
        put_number(&layers->lacking, -error);
        put_text(&layers->lacking, ")");
    }
}
