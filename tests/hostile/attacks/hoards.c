/* Takes more memory than a worker may have, where its own pages do not show it, and keeps it for a while: in memory
 * files (AS_MEMFD), in a System V segment (AS_SYSTEM_V), in forked children (AS_CHILDREN), in files of its own folder
 * that only memory holds (AS_SHM), in shared pages that it then forgets (AS_SHARED), in page tables (AS_TABLES). The suite limits a worker to HOSTILE_LIMIT_MB. */
#define PLACE IN_RUN
#include "attack.h"

#include <sys/ipc.h>
#include <sys/shm.h>

enum { PIECE = 64 << 20, PIECES = HOSTILE_LIMIT_MB * 3 / 2 / 64 };

static bool fill(int file) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < PIECE >> 20; i++) {
        if (write(file, block, sizeof block) != sizeof block) return false;
    }
    return true;
}

static void attack(void) {
    int held = 0;
#if defined(AS_CHILDREN)
    int full[2];
    if (pipe2(full, O_CLOEXEC) != 0) return;
#endif
    for (int i = 0; i < PIECES; i++) {
#if defined(AS_MEMFD)
        int file = (int)syscall(SYS_memfd_create, "hoard", 1);
        if (file >= 0 && fill(file)) held++;
#elif defined(AS_SHM)
        char path[64];
        snprintf(path, sizeof path, "/dev/shm/hostile-%s-%d", HOSTILE_RUN, i);
        int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file >= 0 && fill(file)) held++;
        unlink(path);
#elif defined(AS_SHARED)
        char *memory = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory != MAP_FAILED) {
            memset(memory, 'x', PIECE);
            madvise(memory, PIECE, MADV_DONTNEED);
            held++;
        }
#elif defined(AS_TABLES)
        /* A table of 4 KB for each 2 MB of which a byte is read. */
        size_t size = (size_t)PIECE / 4096 << 21;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        volatile char *memory = mmap(NULL, size, PROT_READ, flags, -1, 0);
        if (memory != MAP_FAILED) {
            madvise((void *)memory, size, MADV_NOHUGEPAGE);
            for (size_t at = 0; at < size; at += 2 << 20) (void)memory[at];
            held++;
        }
#elif defined(AS_SYSTEM_V)
        int segment = shmget(IPC_PRIVATE, PIECE, 0600);
        char *memory = segment < 0 ? (void *)-1 : shmat(segment, NULL, 0);
        if (memory != (void *)-1) {
            memset(memory, 'x', PIECE);
            shmdt(memory);
            held++;
        }
        /* Removed, so that no run leaves one; as long as somebody has it mapped it stays. */
        if (segment >= 0) {
            void *kept = shmat(segment, NULL, 0);
            (void)kept;
            shmctl(segment, IPC_RMID, NULL);
        }
#else
        pid_t child = marked_child();
        if (child == 0) {
            char *memory = malloc(PIECE);
            memset(memory, 'x', PIECE);
            /* Or the compiler leaves out memory that nobody reads. */
            __asm__ volatile("" : : "r"(memory) : "memory");
            if (write(full[1], "x", 1) != 1) _exit(1);
            for (;;) pause();
        }
#endif
    }
#if defined(AS_CHILDREN)
    char byte;
    close(full[1]);
    while (held < PIECES && read(full[0], &byte, 1) == 1) held++;
#endif
    note("holds %d MB (%s)", held * (PIECE >> 20), strerror(errno));
    pause_for(3);
    if (held == PIECES) broke("has held %d MB for 3 s", held * (PIECE >> 20));
}
