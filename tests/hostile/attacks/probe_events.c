/* Makes 1.5 GB of the file in which the probe tells the server what it finds, and of whatever else is in its folder. It
 * touches nothing but small files of the server's own making: as root, and not confined, it could. */
#define PLACE IN_PROBE
#include "attack.h"

/* Whether a path is such a file: below a folder or of a name that only the server gives, and no part of a program. */
static bool is_server_made(const char *path) {
    char real[PATH_MAX];
    if (realpath(path, real) == NULL || strstr(real, ".jar") != NULL || strstr(real, ".so") != NULL) return false;
    return strncmp(real, "/tmp/espalier-probe", 19) == 0 || strncmp(real, "/tmp/espalier-worker-", 21) == 0;
}

static void grow(const char *path) {
    struct stat status;
    if (!is_server_made(path)) return;
    int file = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size < 1 << 16
        && ftruncate(file, INT64_C(3) << 29) == 0) {
        note("grew %s", path);
    }
    close(file);
}

static void attack(void) {
    static char arguments[1 << 16];
    int line = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(line, arguments, sizeof arguments - 1);
    for (char *argument = arguments; argument < arguments + length; argument += strlen(argument) + 1) {
        if (*argument == '/') grow(argument);
    }
    DIR *folder = opendir(".");
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) grow(entry->d_name);
    /* The server shall have time to look. */
    pause_for(1);
}
