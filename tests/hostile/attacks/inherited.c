/* Looks at what it has been given without asking: descriptors, and who else has them. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    char own[PATH_MAX] = "";
    if (getcwd(own, sizeof own) == NULL) note("no folder");
    for (int number = 0; number < 4096; number++) {
        char path[64], target[512];
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0) continue;
        target[length] = 0;
        bool shared = strncmp(target, "pipe:", 5) == 0 || strncmp(target, "socket:", 7) == 0
                      || strncmp(target, "anon_inode:", 11) == 0 || strstr(target, "memfd:espalier") != NULL;
        bool own_file = strncmp(target, own, strlen(own)) == 0 || strncmp(target, "/proc/", 6) == 0;
        bool program = strstr(target, "/lib/modules") != NULL || strcmp(target + length - 4, ".jar") == 0;
        bool device = strcmp(target, "/dev/null") == 0 || strcmp(target, "/dev/urandom") == 0;
        if (!shared && !own_file && !program && !device) broke("has %d: %s", number, target);
        if (shared && number > 2 && (fcntl(number, F_GETFD) & FD_CLOEXEC) == 0) broke("%d (%s) would go to its children", number, target);
        note("%d %.40s", number, target);
    }
    extern char **environ;
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strstr(*variable, "canary-") != NULL || strncmp(*variable, "HOSTILE", 7) == 0) broke("variable %s", *variable);
    }
}
