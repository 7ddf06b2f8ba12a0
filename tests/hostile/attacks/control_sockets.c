/* Connects to sockets where the server waits for other workers, by the names that the kernel lists, and reads what it
 * gets there. */
#define PLACE IN_RUN
#include "attack.h"

static void attack(void) {
    int tried = 0;
    for (double end = now() + 3; now() < end; pause_for(0.002)) {
        FILE *list = fopen("/proc/net/unix", "re");
        char line[512];
        if (list == NULL) {
            note("no list of sockets (%s)", strerror(errno));
            return;
        }
        while (fgets(line, sizeof line, list) != NULL) {
            char *name = strchr(line, '@');
            if (name == NULL || strstr(name, "espalier") == NULL) continue;
            name[strcspn(name, "\n")] = 0;
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
            int made = socket(AF_UNIX, SOCK_STREAM, 0);
            if (made >= 0
                && connect(made, (struct sockaddr *)&address,
                           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0) {
                tried++;
                char byte;
                if (recv(made, &byte, 1, MSG_DONTWAIT) == 1) broke("was taken for another worker");
            }
            if (made >= 0) close(made);
        }
        fclose(list);
    }
    if (tried > 0) broke("reached %d sockets of other workers", tried);
}
