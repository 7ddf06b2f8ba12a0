/* Writes to the memory that only the server may write, shortens both memories, and adds seals to them. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    int seen = 0;
    for (int number = 0; number < 4096; number++) {
        char path[64], target[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0 || (target[length] = 0, strstr(target, "memfd:espalier") == NULL)) continue;
        seen++;
        struct stat status;
        int again = open(path, O_RDWR | O_CLOEXEC), use = again >= 0 ? again : number;
        int seals = fcntl(use, F_GET_SEALS);
        bool input = (seals & 0x10) != 0; /* F_SEAL_FUTURE_WRITE */
        fstat(use, &status);
        if (ftruncate(use, 4096) == 0) broke("shortened %s", target);
        if (fallocate(use, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0 && input) broke("emptied %s", target);
        if (input && pwrite(use, "x", 1, 0) == 1) broke("wrote %s", target);
        void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, use, 0);
        if (mapped != MAP_FAILED) {
            if (input) broke("mapped %s to write", target);
            munmap(mapped, 4096);
        }
        if (fcntl(use, F_ADD_SEALS, 0x2 | 0x4) == 0 && (seals & 0x6) != 0x6) broke("sealed %s", target);
        if (again >= 0) close(again);
    }
    /* And by the mapping that is there. */
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin, end;
        if (strstr(line, "memfd:espalier") == NULL || sscanf(line, "%lx-%lx", &begin, &end) != 2) continue;
        seen++;
        if (strstr(line, "r--s") == NULL) continue;
        if (mprotect((void *)begin, 4096, PROT_READ | PROT_WRITE) == 0) broke("made a mapping writable");
        if (madvise((void *)begin, 4096, MADV_REMOVE) == 0) broke("emptied by a mapping");
    }
    if (maps != NULL) fclose(maps);
    if (seen == 0) broke("no shared memory was found: this attack must be told where it lies");
}
