/* Reaches for parts of the kernel that no op needs and that have been ways out. Each call has arguments that do no harm;
 * one that is let through fails for those, or does not. */
#define PLACE IN_RUN
#include "attack.h"

#include <sched.h>
#include <sys/mount.h>

static void reaches(const char *what, long result) {
    if (result < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES)) return;
    broke("%s (%s)", what, result < 0 ? strerror(errno) : "done");
}

static void attack(void) {
    enum { NOWHERE = 1 };
    reaches("io_uring", syscall(425, 0, NOWHERE));
    reaches("bpf", syscall(SYS_bpf, 9999, NOWHERE, 0));
    reaches("perf", syscall(SYS_perf_event_open, NOWHERE, 0, -1, -1, 0));
    reaches("keyctl", syscall(SYS_keyctl, 0, -3, 0));
    reaches("add_key", syscall(SYS_add_key, NOWHERE, NOWHERE, 0, 0, -3));
    reaches("userfaultfd", syscall(SYS_userfaultfd, ~0));
    reaches("unshare", unshare(CLONE_FS));
    reaches("unshare user", unshare(CLONE_NEWUSER));
    reaches("mount", mount("none", "/nowhere", "nothing", 0, NULL));
    reaches("umount", umount2("/nowhere", MNT_DETACH));
    reaches("setns", setns(-1, 0));
    reaches("pivot_root", syscall(SYS_pivot_root, NOWHERE, NOWHERE));
    reaches("open_tree", syscall(428, -1, NOWHERE, 0));
    reaches("fsopen", syscall(430, NOWHERE, 0));
    reaches("kexec", syscall(SYS_kexec_load, 0, 0, NOWHERE, ~0UL));
    reaches("init_module", syscall(SYS_init_module, NOWHERE, 0, NOWHERE));
    reaches("finit_module", syscall(SYS_finit_module, -1, NOWHERE, 0));
    reaches("swapon", syscall(SYS_swapon, NOWHERE, 0));
    reaches("quotactl", syscall(SYS_quotactl, ~0, NOWHERE, 0, NOWHERE));
    reaches("fanotify", syscall(SYS_fanotify_init, ~0, 0));
    reaches("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, NOWHERE, 0));
    reaches("ptrace", syscall(SYS_ptrace, 0x4206, 0x7fffffff, 0, 0));
    reaches("process_vm_readv", syscall(SYS_process_vm_readv, 0x7fffffff, 0, 0, 0, 0, 0));
    reaches("process_vm_writev", syscall(SYS_process_vm_writev, 0x7fffffff, 0, 0, 0, 0, 0));
    reaches("pidfd_getfd", syscall(438, -1, 0, 0));
    reaches("kcmp", syscall(SYS_kcmp, 0x7fffffff, 0x7fffffff, 0, 0, 0));
    reaches("shmget", syscall(SYS_shmget, 0x7f000001, 0, 0));
    reaches("msgget", syscall(SYS_msgget, 0x7f000001, 0));
    reaches("semget", syscall(SYS_semget, 0x7f000001, 0, 0));
    reaches("mknod", mknod("/nowhere/x", S_IFBLK, 0));
    reaches("iopl", syscall(SYS_iopl, 3));
    reaches("acct", syscall(SYS_acct, NOWHERE));
    reaches("lookup_dcookie", syscall(SYS_lookup_dcookie, 0, 0, 0));
}
