/* Leaves in its own folder what is hard to remove: folders within folders deeper than a path is long, folders that
 * nobody may enter, and links to what is not its own. */
#define PLACE IN_RUN
#include "attack.h"

enum { DEPTH = 3000, LINKS = 3 };

static void attack(void) {
    const char *targets[LINKS] = {HOSTILE_DROP, HOSTILE_REPOSITORY, HOSTILE_STATE};
    for (int i = 0; i < LINKS; i++) {
        char path[32];
        snprintf(path, sizeof path, "link%d", i);
        if (symlink(targets[i], path) != 0) note("no link (%s)", strerror(errno));
    }
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL) return;
    int depth = 0, folder = open(".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    for (; depth < DEPTH && folder >= 0; depth++) {
        if (mkdirat(folder, "d", 0700) != 0) break;
        int next = openat(folder, "d", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        close(folder);
        folder = next;
    }
    if (folder >= 0) close(folder);
    mkdir("shut", 0700);
    mkdir("shut/in", 0700);
    chmod("shut", 0);
    note("%d folders deep in %s", depth, here);
    _exit(7);
}
