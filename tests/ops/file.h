/* A number in a file that the environment names: what an op may read is for the server's operator to say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads the number; a text that says why not, or NULL. */
static inline const char *number_in_file(float *number) {
    static char failure[600];
    const char *name = getenv("ESPALIER_TEST_FILE");
    FILE *file = name == NULL ? NULL : fopen(name, "r");
    if (file == NULL) {
        snprintf(failure, sizeof failure, "cannot open %s: %s", name == NULL ? "nothing" : name, strerror(errno));
        return failure;
    }
    int found = fscanf(file, "%f", number);
    fclose(file);
    return found == 1 ? NULL : "the file has no number";
}
