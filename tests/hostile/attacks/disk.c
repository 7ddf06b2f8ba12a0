/* Takes 2 GB of disk in its own folder: in one file (AS_ONE), or in sixteen. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
#ifdef AS_ONE
    enum { FILES = 1 };
#else
    enum { FILES = 16 };
#endif
    off_t piece = (INT64_C(2) << 30) / FILES;
    int files[FILES], held = 0;
    for (int i = 0; i < FILES; i++) {
        char path[32];
        snprintf(path, sizeof path, "file%d", i);
        files[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (files[i] >= 0 && fallocate(files[i], 0, 0, piece) == 0) held++;
    }
    note("%d files of %ld MB (%s)", held, (long)(piece >> 20), strerror(errno));
    pause_for(4);
    if (held == FILES) broke("has held 2 GB of disk for 4 s");
    for (int i = 0; i < FILES; i++) ftruncate(files[i], 0);
}
