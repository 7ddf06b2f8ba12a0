/* Puts something of its own where the JVM would write its report of a crash, and aborts: a pipe that nobody writes
 * (AS_PIPE), numbers beyond all bounds and 200,000 frames (AS_REPORT), a link to the tokens (AS_LINK), 2 GB of nothing
 * (AS_HOLE). */
#define PLACE IN_RUN
#include "attack.h"

/* Where the JVM has been told to write it. */
static const char *error_file(void) {
    static char found[PATH_MAX];
    char *line = content("/proc/self/cmdline");
    const char *option = line == NULL ? NULL : strstr(line, "-XX:ErrorFile=");
    if (option == NULL || sscanf(option, "-XX:ErrorFile=%4095s", found) != 1) return NULL;
    return found;
}

static void attack(void) {
    const char *path = error_file();
    if (path == NULL || strstr(path, "espalier-") == NULL) {
        note("no file for a JVM's report");
        return;
    }
    unlink(path);
#if defined(AS_PIPE)
    if (mkfifo(path, 0666) != 0) note("no pipe (%s)", strerror(errno));
#elif defined(AS_LINK)
    if (symlink(HOSTILE_TOKENS, path) != 0) note("no link (%s)", strerror(errno));
#else
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        note("no file (%s)", strerror(errno));
        return;
    }
    fputs("#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  SIGSEGV (0xb) at pc=0x0, pid=1, tid=1\n#\n"
          "# Problematic frame:\n# C  [libop.so+0x1120]  attack+0x10\n#\n"
          "siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000010\n"
          "Current thread (0x00007f0000000000):  JavaThread \"x (lane 99999999999)\" [_thread_in_native, id=1]\n\n"
          "Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)\n", file);
    for (int frame = 0; frame < 200000; frame++) fprintf(file, "C  [libop.so+0x%x]  attack+0x%x\n", frame, frame);
    fputs(HOSTILE_RUN "\n", file);
#ifdef AS_HOLE
    fflush(file);
    if (ftruncate(fileno(file), INT64_C(2) << 30) != 0) note("no 2 GB (%s)", strerror(errno));
#endif
    fclose(file);
#endif
    signal(SIGABRT, SIG_DFL);
    abort();
}
