/* Makes others wait for files that it only reads, or be told late of what changes: leases, and what the kernel counts for
 * each user. */
#define PLACE IN_RUN
#include "attack.h"

#include <sys/inotify.h>

static void attack(void) {
    int file = open("mine", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    signal(SIGIO, SIG_IGN);
    if (fcntl(file, F_SETLEASE, F_WRLCK) == 0) broke("has a lease");
    if (fcntl(file, F_NOTIFY, 0) == 0) broke("is told of a folder");
    if (inotify_init1(IN_CLOEXEC) >= 0) broke("watches files");
    close(file);
}
