/* Locks every file that it may read below the folders of what it runs, by both kinds of locks and by leases, and keeps
 * them locked. */
#define PLACE IN_RUN
#include "attack.h"

enum { MOST = 300 };

static int locked_;

static void lock(const char *path) {
    struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    flock(file, LOCK_EX | LOCK_NB);
    fcntl(file, F_SETLK, &whole);
    fcntl(file, F_SETLEASE, F_RDLCK);
    locked_++;
}

static void lock_below(const char *folder, int level) {
    DIR *list = opendir(folder);
    for (struct dirent *entry; list != NULL && locked_ < MOST && (entry = readdir(list)) != NULL;) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.' && (entry->d_name[1] == 0 || entry->d_name[1] == '.')) continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_REG) lock(path);
        if (entry->d_type == DT_DIR && level < 4) lock_below(path, level + 1);
    }
    if (list != NULL) closedir(list);
}

static void attack(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[1024], last[1024] = "";
    while (maps != NULL && locked_ < MOST && fgets(line, sizeof line, maps) != NULL) {
        char *path = strchr(line, '/');
        if (path == NULL || strncmp(path, "/memfd", 6) == 0 || strstr(path, "espalier") == NULL) continue;
        path[strcspn(path, "\n")] = 0;
        if (strcmp(path, last) == 0) continue;
        snprintf(last, sizeof last, "%s", path);
        lock(path);
        *strrchr(path, '/') = 0;
        lock_below(path, 0);
        /* The pack's own folder, where its lock is, lies above that of the machine. */
        *strrchr(path, '/') = 0;
        lock_below(path, 2);
    }
    if (maps != NULL) fclose(maps);
    lock_below(HOSTILE_STATE "/espalier", 0);
    note("locked %d files", locked_);
}
