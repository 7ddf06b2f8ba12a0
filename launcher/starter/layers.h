/* The names of what confines a worker, and of what should and is not there. What few machines give stands apart: a worker
 * starts without it whatever the sandbox is asked to be. */
#pragma once

#include "text.h"

struct layers {
    char there[900], missing[900], rare[300];
    struct text in_force, lacking, lacking_rare;
};

static inline void begin_layers(struct layers *layers) {
    layers->in_force = (struct text){layers->there, 0, sizeof layers->there - 1};
    layers->lacking = (struct text){layers->missing, 0, sizeof layers->missing - 1};
    layers->lacking_rare = (struct text){layers->rare, 0, sizeof layers->rare - 1};
}

static inline void put_name(struct text *text, const char *name) {
    if (text->length > 0) put_text(text, ", ");
    put_text(text, name);
}

static inline void in_force(struct layers *layers, const char *name) {
    put_name(&layers->in_force, name);
}

/* `error` is the kernel's, negative; 0 for none. */
static inline void put_lack(struct text *text, const char *name, long error) {
    put_name(text, name);
    if (error != 0) {
        put_text(text, " (error ");
        put_number(text, -error);
        put_text(text, ")");
    }
}

static inline void lacks(struct layers *layers, const char *name, long error) {
    put_lack(&layers->lacking, name, error);
}

/* Puts everything that is not there behind what is. */
static inline void put_lacks(struct text *text, struct layers *layers) {
    if (layers->lacking.length + layers->lacking_rare.length == 0) return;
    put_text(text, "; not there: ");
    put_text(text, layers->missing);
    if (layers->lacking.length > 0 && layers->lacking_rare.length > 0) put_text(text, ", ");
    put_text(text, layers->rare);
}
