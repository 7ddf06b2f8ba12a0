/* The command line of a process, as others see it. */
#pragma once

#include "system.h"
#include "text.h"

/* Makes it short, up to the program's name: the worker's is told by the worker, and by nobody else.
 *
 * `command` is the worker's, which ends the arguments. */
static inline void hide_arguments(char **arguments, char **command) {
    char *last = arguments[0];
    for (char **argument = command; *argument != NULL; argument++) last = *argument;
    char *end = last + length(last);
    for (char *byte = arguments[0] + length(arguments[0]); byte < end; byte++) *byte = 0;
}
