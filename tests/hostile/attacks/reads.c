/* Reads from an op's run what the server's user may read: tokens, a key, a file of 0600, the state folder, the
 * repository, other workers' folders. */
#define PLACE IN_RUN
#include "reads.h"

/* Looks for what the suite has put into the folder of each bystander's worker. */
static void takes_others_folders(const char *below) {
    DIR *folder = opendir(below);
    if (folder == NULL) {
        note("no list of %s (%s)", below, strerror(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s/canary", below, entry->d_name);
        char *text = content(path);
        if (text != NULL) broke("another worker's folder: %s", canary(text));
        free(text);
    }
    closedir(folder);
}

static void attack(void) {
    takes_known_files();
    takes_others_folders("/tmp");
    takes_others_folders("..");
    takes_environment(server());
}
