/* The system calls that a worker may make. Refused with an error, so that a library that only tries finds its other
 * way, are those that reach other processes, the network, other namespaces, the machine's configuration, or memory that
 * no limit sees, and those that engines do not use and that kernel bugs have often been found in. */
#pragma once

#include "system.h"

#include <linux/audit.h>

enum {
    ENOSYS = 38,
    SECCOMP_SET_MODE_FILTER = 1,
    SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4, /* without it every process pays for a mitigation that only JIT engines need */
    SECCOMP_ALLOW = 0x7fff0000,
    SECCOMP_ERROR = 0x00050000,
    MOST_INSTRUCTIONS = 512,
};

/* Classic BPF. */
enum { BPF_LOAD = 0x20, BPF_AND = 0x54, BPF_EQUAL = 0x15, BPF_AT_LEAST = 0x35, BPF_ANY_BIT = 0x45, BPF_RETURN = 0x06 };
enum { NUMBER = 0, ARCHITECTURE = 4, FIRST_ARGUMENT = 16, ARGUMENT_SIZE = 8 };

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

struct instruction {
    unsigned short code;
    unsigned char yes, no;
    unsigned value;
};

struct filter {
    unsigned short length;
    struct instruction *program;
};

static inline void put(struct filter *filter, unsigned short code, unsigned char yes, unsigned char no,
        unsigned value) {
    if (filter->length < MOST_INSTRUCTIONS) {
        filter->program[filter->length++] = (struct instruction){code, yes, no, value};
    }
}

/* From here to the next `end_of` is for the call `number`. Returns where its length is to be put. */
static inline unsigned short begin_of(struct filter *filter, unsigned number) {
    put(filter, BPF_EQUAL, 0, 0, number);
    return filter->length - 1;
}

static inline void end_of(struct filter *filter, unsigned short begin) {
    filter->program[begin].no = (unsigned char)(filter->length - 1 - begin);
}

static inline void refuse(struct filter *filter, unsigned number, unsigned error) {
    unsigned short begin = begin_of(filter, number);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | error);
    end_of(filter, begin);
}

/* The lower half of an argument, which is all of those that are looked at. */
static inline void load_argument(struct filter *filter, unsigned index) {
    put(filter, BPF_LOAD, 0, 0, FIRST_ARGUMENT + ARGUMENT_SIZE * index);
}

/* Refuses where the argument is one of `values`. */
static inline void refuse_values(struct filter *filter, unsigned number, unsigned argument, const unsigned *values,
        unsigned count) {
    unsigned short begin = begin_of(filter, number);
    load_argument(filter, argument);
    for (unsigned i = 0; i < count; i++) {
        put(filter, BPF_EQUAL, 0, 1, values[i]);
        put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    }
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
    end_of(filter, begin);
}

/* Allows where the argument, a process, is the caller itself: 0. */
static inline void allow_own(struct filter *filter, unsigned number, unsigned argument) {
    unsigned short begin = begin_of(filter, number);
    load_argument(filter, argument);
    put(filter, BPF_EQUAL, 0, 1, 0);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    end_of(filter, begin);
}

/* Allows sockets of two families and two types. */
static inline void allow_sockets(struct filter *filter, unsigned number, const unsigned families[2],
        const unsigned types[2]) {
    unsigned short begin = begin_of(filter, number);
    load_argument(filter, 0);
    put(filter, BPF_EQUAL, 2, 0, families[0]);
    put(filter, BPF_EQUAL, 1, 0, families[1]);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    load_argument(filter, 1);
    put(filter, BPF_AND, 0, 0, 0xf);
    put(filter, BPF_EQUAL, 2, 0, types[0]);
    put(filter, BPF_EQUAL, 1, 0, types[1]);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
    end_of(filter, begin);
}

/* Refuses memory that is shared and lies in no file: it stays when nobody maps it, where no look at processes sees it. */
static inline void refuse_shared_memory(struct filter *filter) {
    unsigned short begin = begin_of(filter, __NR_mmap);
    load_argument(filter, 3);
    put(filter, BPF_AND, 0, 0, 0x23); /* shared, anonymous */
    put(filter, BPF_EQUAL, 1, 0, 0x21);
    put(filter, BPF_EQUAL, 0, 1, 0x23);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
    end_of(filter, begin);
}

static const unsigned short REFUSED[] = {
    /* other processes */
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp, 438 /* pidfd_getfd */,
    440 /* process_madvise */,
    /* memory that belongs to nobody: no limit sees it, and it may outlive the worker */
    __NR_shmget, __NR_shmat, __NR_shmctl, __NR_shmdt, __NR_msgget, __NR_msgsnd, __NR_msgrcv, __NR_msgctl,
    __NR_semget, __NR_semop, __NR_semtimedop, __NR_semctl, __NR_mq_open, __NR_mq_unlink, 447 /* memfd_secret */,
    /* other views of the machine */
    __NR_unshare, __NR_setns, __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, 428 /* open_tree */,
    429 /* move_mount */, 430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */, 433 /* fspick */,
    442 /* mount_setattr */, 467 /* open_tree_attr */, __NR_name_to_handle_at, __NR_open_by_handle_at, __NR_mknodat,
    __NR_fanotify_init,
    /* large and seldom used parts of the kernel */
    __NR_bpf, __NR_perf_event_open, __NR_userfaultfd, __NR_add_key, __NR_request_key, __NR_keyctl,
    __NR_lookup_dcookie, __NR_nfsservctl, 425 /* io_uring_setup */, 426 /* io_uring_enter */,
    427 /* io_uring_register */,
    /* what the kernel counts for each user: the server may be the same one */
    __NR_inotify_init1,
#if defined(__x86_64__)
    __NR_inotify_init,
#endif
    /* the machine itself */
    __NR_kexec_load, __NR_kexec_file_load, __NR_init_module, __NR_finit_module, __NR_delete_module,
    __NR_reboot, __NR_swapon, __NR_swapoff, __NR_acct, __NR_quotactl, 443 /* quotactl_fd */, __NR_settimeofday,
    __NR_clock_settime, __NR_clock_adjtime, __NR_adjtimex, __NR_sethostname, __NR_setdomainname, __NR_syslog,
    __NR_vhangup,
#if defined(__x86_64__)
    __NR_mknod, __NR_iopl, __NR_ioperm, __NR_modify_ldt, __NR_uselib, __NR_ustat, __NR_sysfs,
    __NR__sysctl, __NR_create_module, __NR_get_kernel_syms, __NR_query_module,
#endif
};

/* What a worker may do beside computing. */
struct calls {
    int network;      /* connections of TCP and UDP */
    int memory_files; /* files that are nothing but memory */
    int other_ids;    /* the ids of other processes are those of the worker's own */
};

static inline void put_calls(struct filter *filter, const struct calls *allowed) {
    put(filter, BPF_LOAD, 0, 0, ARCHITECTURE);
    put(filter, BPF_EQUAL, 1, 0, OUR_ARCHITECTURE);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | ENOSYS);
    put(filter, BPF_LOAD, 0, 0, NUMBER);
#if defined(__x86_64__)
    put(filter, BPF_AT_LEAST, 0, 1, 0x40000000); /* the same calls by other numbers */
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | ENOSYS);
#endif
    /* Threads, and no namespaces. What clone3 is asked for lies in memory, where nobody can look first. */
    unsigned short clone = begin_of(filter, __NR_clone);
    load_argument(filter, 0);
    put(filter, BPF_ANY_BIT, 0, 1, 0x7e020000);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ERROR | EPERM);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
    end_of(filter, clone);
    refuse(filter, 435 /* clone3 */, ENOSYS);
    /* Whom the kernel shall signal about a descriptor, and leases, by which one who only reads makes others wait. */
    static const unsigned owners[] = {8, 15, 10, 1024, 1026};
    refuse_values(filter, __NR_fcntl, 1, owners, 5);
    /* The same for sockets; and typing into a terminal. */
    static const unsigned controls[] = {0x8901, 0x8902, 0x5412, 0x541c};
    refuse_values(filter, __NR_ioctl, 1, controls, 4);
    static const unsigned pair_families[] = {1, 1}, pair_types[] = {1, 5};
    allow_sockets(filter, __NR_socketpair, pair_families, pair_types);
    if (allowed->network) {
        static const unsigned families[] = {2, 10}, types[] = {1, 2};
        allow_sockets(filter, __NR_socket, families, types);
    } else if (allowed->memory_files) {
        /* Who shares memory with itself offers it on a socket of its own; the namespace of networks keeps that in. */
        static const unsigned families[] = {1, 1}, types[] = {1, 5};
        allow_sockets(filter, __NR_socket, families, types);
        refuse(filter, __NR_connect, EPERM);
    } else {
        static const unsigned short sockets[] = {
            __NR_socket, __NR_connect, __NR_bind, __NR_listen, __NR_accept, __NR_accept4};
        for (unsigned i = 0; i < sizeof sockets / sizeof *sockets; i++) refuse(filter, sockets[i], EPERM);
    }
    if (!allowed->memory_files) {
        refuse(filter, __NR_memfd_create, EPERM);
        refuse_shared_memory(filter);
    }
    static const unsigned short first[] = {__NR_prlimit64, __NR_sched_setscheduler, __NR_sched_setparam,
        __NR_sched_setattr, __NR_sched_setaffinity, __NR_move_pages, __NR_migrate_pages};
    static const unsigned keeper[] = {1};
    for (unsigned i = 0; i < sizeof first / sizeof *first; i++) {
        if (allowed->other_ids) refuse_values(filter, first[i], 0, keeper, 1);
        else allow_own(filter, first[i], 0);
    }
    /* Their ids may be those of groups and users, to which the keeper belongs. */
    allow_own(filter, __NR_setpriority, 1);
    allow_own(filter, __NR_ioprio_set, 1);
    for (unsigned i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) refuse(filter, REFUSED[i], EPERM);
    put(filter, BPF_RETURN, 0, 0, SECCOMP_ALLOW);
}

/* Filters the calling process's system calls. 0, or a negative error. */
static inline long filter_calls(const struct calls *allowed) {
    struct instruction program[MOST_INSTRUCTIONS];
    struct filter filter = {0, program};
    put_calls(&filter, allowed);
    if (filter.length == MOST_INSTRUCTIONS) return -EINVAL;
    return CALL3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
}
