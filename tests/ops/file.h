/* A number in a file that the environment names: what an op may read is for the server's operator to say. */
#include <stdio.h>
#include <stdlib.h>

/* The number; -1000 where the file cannot be read. */
static inline float number_in_file(void) {
    const char *name = getenv("ESPALIER_TEST_FILE");
    FILE *file = name == NULL ? NULL : fopen(name, "r");
    float number = -1000;
    if (file != NULL) {
        if (fscanf(file, "%f", &number) != 1) number = -1000;
        fclose(file);
    }
    return number;
}
