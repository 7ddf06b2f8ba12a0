/* What only root may: devices, raw disks, memory of the machine, real-time scheduling, other owners, all capabilities.
 * Nothing is written to a device. */
#define PLACE IN_RUN
#include "attack.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

static void opens(const char *path, int flags) {
    int file = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    broke("opened %s", path);
    close(file);
}

static void attack(void) {
    struct sched_param first = {1};
    if (sched_setscheduler(0, SCHED_FIFO, &first) == 0) {
        broke("runs before all others");
        first.sched_priority = 0;
        sched_setscheduler(0, SCHED_OTHER, &first);
    }
    dev_t disks[] = {makedev(254, 0), makedev(253, 0), makedev(8, 0), makedev(259, 0), makedev(7, 0)};
    for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
        if (mknod("disk", S_IFBLK | 0600, disks[i]) != 0) continue;
        broke("made a disk");
        opens("disk", O_RDONLY);
        unlink("disk");
    }
    if (mknod("memory", S_IFCHR | 0600, makedev(1, 1)) == 0) {
        broke("made the machine's memory");
        opens("memory", O_RDONLY);
        unlink("memory");
    }
    const char *raw[] = {"/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/loop0",
                         "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/vhost-net", "/dev/ptmx", "/dev/tty"};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) opens(raw[i], O_RDONLY);
    opens("/proc/sys/kernel/core_pattern", O_WRONLY);
    opens("/proc/sysrq-trigger", O_WRONLY);
    opens("/proc/kcore", O_RDONLY);
    opens("/sys/kernel/uevent_helper", O_WRONLY);
    opens("/etc/passwd", O_WRONLY);
    opens("/etc/shadow", O_RDONLY);
    int file = open("own", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        if (fchmod(file, 04755) == 0 && fchown(file, 12345, 12345) == 0) broke("gave a file away");
        close(file);
        unlink("own");
    }
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        if (write(score, "-900", 4) == 4) broke("is safe when memory runs out");
        close(score);
    }
    char *status = content("/proc/self/status");
    const char *effective = status == NULL ? NULL : strstr(status, "CapEff:");
    if (effective != NULL && strtoull(effective + 7, NULL, 16) != 0) broke("has capabilities %.16s", effective + 8);
    const char *bounding = status == NULL ? NULL : strstr(status, "CapBnd:");
    if (bounding != NULL && strtoull(bounding + 7, NULL, 16) != 0) broke("may have capabilities %.16s", bounding + 8);
    free(status);
    if (chroot(".") == 0) broke("has a root of its own");
    if (setuid(12345) == 0 && getuid() == 12345) broke("is somebody else");
}
