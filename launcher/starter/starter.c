/* Starts one worker, confined, and outlives it to clear up:
 *
 *     espalier-starter --folder=DIR [--socket=NAME] [--sandbox=auto|on|off] [--read=PATH ...] [--write=PATH ...]
 *             -- COMMAND [ARGUMENT ...]
 *
 * Two processes: the child confines itself (confine.h) and becomes COMMAND; the parent waits. Restrictions such as
 * Landlock bind the calling thread only, so a JVM cannot put them on itself: it has threads before it has code of ours.
 *
 * Of the starter's own descriptors the worker has one, standard error, which takes what it says (descriptors.h). On
 * standard output the server reads
 *     pid N: what is in force        before COMMAND runs
 *     exited with N                  or: ended by signal N; whatever it had forked is gone as well
 * or, where it does not run, why. It keeps standard input open. Its end says that the server is gone, or has read what
 * it wants: then everything that still runs is killed, DIR is removed, and the starter ends. So a worker never
 * outlives its server, also where the server was killed and the worker is stopped. */
#include "system.h"

#include "confine.h"
#include "control.h"
#include "descriptors.h"
#include "folder.h"
#include "report.h"

enum { SIG_BLOCK = 0, SIG_SETMASK = 2, POLLIN = 1, WNOHANG = 1, PR_SET_DUMPABLE = 4, PR_SET_CHILD_SUBREAPER = 36 };

struct poll {
    int descriptor;
    short events, happened;
};

static const uint64_t CHILD_ENDED = UINT64_C(1) << (SIGCHLD - 1);

/* Kills every process that hangs below the starter. Those that a worker's death orphans come here too. */
static void kill_children(void) {
    char path[64], list[4096];
    struct text name = {path, 0, sizeof path};
    put_text(&name, "/proc/self/task/");
    put_number(&name, CALL1(__NR_getpid, 0));
    put_text(&name, "/children");
    path[name.length] = 0;
    long descriptor = CALL4(__NR_openat, AT_FDCWD, path, O_CLOEXEC, 0);
    if (descriptor < 0) return;
    long bytes = CALL3(__NR_read, descriptor, list, sizeof list);
    CALL1(__NR_close, descriptor);
    long pid = 0;
    for (long i = 0; i < bytes; i++) {
        if (list[i] >= '0' && list[i] <= '9') {
            pid = 10 * pid + list[i] - '0';
        } else if (pid > 0) {
            CALL2(__NR_kill, pid, SIGKILL);
            pid = 0;
        }
    }
}

/* Waits for all children, killing those that come up meanwhile. */
static void clear_children(void) {
    do kill_children();
    while (CALL4(__NR_wait4, -1, NULL, 0, NULL) > 0);
}

static void report_end(int status) {
    struct report report;
    begin_report(&report);
    if ((status & 0x7f) == 0) {
        put_text(&report.text, "exited with ");
        put_number(&report.text, status >> 8 & 0xff);
    } else {
        put_text(&report.text, "ended by signal ");
        put_number(&report.text, status & 0x7f);
    }
    send_report(&report);
}

/* Reaps what has ended. Whether the worker was among it. */
static int reap(long worker) {
    int status, ended = 0;
    long pid;
    while ((pid = CALL4(__NR_wait4, -1, &status, WNOHANG, NULL)) > 0) {
        if (pid == worker) {
            ended = 1;
            clear_children();
            report_end(status);
        }
    }
    return ended;
}

/* Waits for the worker's end and the server's. */
static void attend(long worker, long signals) {
    struct poll waits[2] = {{(int)signals, POLLIN, 0}, {0, POLLIN, 0}};
    char ignored[128];
    for (;;) {
        long ready = CALL5(__NR_ppoll, waits, 2, NULL, NULL, 8);
        if (ready == -EINTR) continue;
        if (waits[0].happened != 0) {
            CALL3(__NR_read, signals, ignored, sizeof ignored);
            reap(worker);
        }
        /* Anything but bytes is the end; the server sends none. */
        if (ready < 0 || (waits[1].happened != 0 && CALL3(__NR_read, 0, ignored, sizeof ignored) <= 0)) return;
    }
}

/* Makes the starter's command line short: the worker's is told by the worker. */
static void hide_arguments(char **arguments) {
    char *last = arguments[0];
    for (char **argument = arguments; *argument != NULL; argument++) last = *argument;
    char *end = last + length(last);
    for (char *byte = arguments[0] + length(arguments[0]); byte < end; byte++) *byte = 0;
}

static int usage(void) {
    return fail("is started by the Espalier server: --folder=DIR [--socket=NAME] [--sandbox=MODE] "
                "[--read=PATH] [--write=PATH] -- COMMAND",
                0);
}

static int start(char **arguments, char **environment) {
    struct confinement wanted = {arguments + 1, NULL, NULL, SANDBOX_AUTO};
    char **command = arguments + 1;
    for (; *command != NULL && !(after("--", *command) != NULL && (*command)[2] == 0); command++) {
        const char *value;
        if ((value = after("--folder=", *command)) != NULL) {
            wanted.folder = value;
        } else if ((value = after("--socket=", *command)) != NULL) {
            wanted.socket = value;
        } else if (after("--sandbox=off", *command) != NULL) {
            wanted.sandbox = SANDBOX_OFF;
        } else if (after("--sandbox=on", *command) != NULL) {
            wanted.sandbox = SANDBOX_ON;
        }
    }
    if (wanted.folder == NULL || *command == NULL || command[1] == NULL) return usage();
    long control = wanted.socket == NULL ? -1 : connect_control(wanted.socket);
    if (wanted.socket != NULL && control < 0) return fail("cannot connect to the server", control);
    CALL1(__NR_setsid, 0);
    call(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    uint64_t before;
    CALL4(__NR_rt_sigprocmask, SIG_BLOCK, &CHILD_ENDED, &before, 8);
    long signals = CALL4(__NR_signalfd4, -1, &CHILD_ENDED, 8, O_CLOEXEC);
    long parent = CALL1(__NR_getpid, 0);
    long worker = call(__NR_clone, SIGCHLD, 0, 0, 0, 0);
    if (signals < 0 || worker < 0) return fail("cannot start a process", signals < 0 ? signals : worker);
    if (worker == 0) {
        CALL4(__NR_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
        long failure = arrange_descriptors(control);
        if (failure < 0) return fail("cannot arrange the worker's descriptors", failure);
        if (confine(&wanted, parent) != 0) return 127;
        failure = CALL3(__NR_execve, command[1], command + 1, environment);
        return fail(command[1], failure);
    }
    /* Nobody of the same user may take the descriptors that are left, out of /proc or by tracing. */
    call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    CALL1(__NR_close, OUTPUT);
    if (control >= 0) CALL1(__NR_close, control);
    char folder[4096];
    struct text copy = {folder, 0, sizeof folder - 1};
    put_text(&copy, wanted.folder);
    folder[copy.length] = 0;
    hide_arguments(arguments);
    attend(worker, signals);
    clear_children();
    remove_folder(folder);
    return 0;
}

__attribute__((used, noreturn)) void begin(long *stack) {
    char **arguments = (char **)(stack + 1);
    int status = start(arguments, arguments + stack[0] + 1);
    for (;;) CALL1(__NR_exit_group, status);
}
