/* Writes to what other processes run: its own library's copy, engines, the jars, caches, models. Nothing is changed:
 * opening for writing is enough. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    /* What is mapped from there, such as an engine's notes, is its own. */
    char own[PATH_MAX] = "";
    if (getcwd(own, sizeof own) == NULL) note("no folder");
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[1024], last[1024] = "";
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        char *path = strchr(line, '/');
        if (path == NULL || strncmp(path, "/memfd", 6) == 0) continue;
        path[strcspn(path, "\n")] = 0;
        if (strcmp(path, last) == 0 || strstr(path, "(deleted)") != NULL) continue;
        if (own[0] != 0 && strncmp(path, own, strlen(own)) == 0) continue;
        snprintf(last, sizeof last, "%s", path);
        int file = open(path, O_WRONLY | O_CLOEXEC);
        if (file >= 0 || errno == ETXTBSY) broke("may write %s", path);
        if (file >= 0) close(file);
        char beside[1100];
        snprintf(beside, sizeof beside, "%.*s/hostile-%s", (int)(strrchr(path, '/') - path), path, HOSTILE_RUN);
        file = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file >= 0) {
            broke("wrote beside %s", path);
            close(file);
            unlink(beside);
        }
    }
    if (maps != NULL) fclose(maps);
}
