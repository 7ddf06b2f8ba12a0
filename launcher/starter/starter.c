/* Starts one worker, confined, and outlives it to clear up:
 *
 *     espalier-starter --folder=DIR [--socket=NAME] [--group=DIR | --no-group=WHY] [--sandbox=auto|on|off]
 *             [--user=ID:GROUP] [--network]
 *             [--memory-files] [--memory=BYTES] [--disk=BYTES] [--addresses=BYTES] [--read=PATH ...] [--write=PATH ...]
 *             [--read-exactly=PATH ...] [--write-exactly=PATH ...] [--link=PATH ...] -- COMMAND [ARGUMENT ...]
 *
 * What --read and --write name is found as everybody finds it. What an op could have changed meanwhile, since it may
 * write there or above, is named by -exactly: no link may be on the way, or it is left out. --link gives such a path the
 * links by which it is known.
 *
 * Three processes, each the next one's parent: the starter, which stays outside and waits; the keeper (keeper.h), the
 * first in the worker's namespaces; and the one that confines itself (confine.h) and becomes COMMAND. Restrictions such
 * as Landlock bind the calling thread only, so a JVM cannot put them on itself: it has threads before it has code of
 * ours.
 *
 * Of the starter's own descriptors the worker has one, standard error, which takes what it says (descriptors.h). On
 * standard output the server reads
 *     pid N: what is in force        before COMMAND runs
 *     over its limit of N bytes of memory (with what it has started), or disk: it is ended
 *     exited with N                  or: ended by signal N; whatever it had forked is gone as well
 * or, where it does not run, why. It keeps standard input open. Its end says that the server is gone, or has read what
 * it wants: then everything that still runs is killed, DIR is removed, and the starter ends. So a worker never
 * outlives its server, also where the server was killed and the worker is stopped. */
#include "system.h"

#include "arguments.h"
#include "folder.h"
#include "keeper.h"
#include "report.h"

enum { POLLIN = 1, NOBODY = 65534 };

struct poll {
    int descriptor;
    short events, happened;
};

/* What is to be removed at the end; the arguments that name it are hidden by then. */
struct places {
    char folder[4096], group_path[4096];
    const char *group; /* NULL for none */
};

static const char *copy(const char *path, char *bytes, size_t size) {
    struct text text = {bytes, 0, size - 1};
    put_text(&text, path);
    bytes[text.length] = 0;
    return bytes;
}

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

static void report_overrun(uint64_t most, const char *what) {
    struct report report;
    begin_report(&report);
    put_text(&report.text, "over its limit of ");
    put_number(&report.text, (long)most);
    put_text(&report.text, " bytes of ");
    put_text(&report.text, what);
    send_report(&report);
}

/* Takes what comes from inside, until nothing more will come. The worker's wait status, or -1 where it began nothing or
 * the keeper was killed. */
static int hear_inside(long talk, uint64_t memory, struct report *refusal) {
    char bytes[2100];
    long pid;
    while (hear(talk, bytes, sizeof bytes, &pid) > 0) {
        if (bytes[0] == HAS_ENDED) return (int)read_number(bytes + 1);
        if (bytes[0] == WAS_TOO_MUCH) report_overrun(memory, "memory");
        else put_text(&refusal->text, bytes + 1);
    }
    return -1;
}

/* Ends a worker whose folder takes more of the disk than it may. Whether it does. */
static int look_at_folder(const char *folder, uint64_t most, long keeper) {
    struct use use = {0, 0};
    add_use(AT_FDCWD, folder, 0, &use);
    if (use.bytes <= most && use.files <= MOST_FILES) return 0;
    report_overrun(most, "disk");
    CALL2(__NR_kill, keeper, SIGKILL);
    return 1;
}

/* Waits for the worker's end, which is reported, and the server's. */
static void attend(const struct confinement *wanted, const struct places *places, long talk, long keeper) {
    struct poll waits[2] = {{(int)talk, POLLIN, 0}, {0, POLLIN, 0}};
    char ignored[128];
    int looking = wanted->disk > 0;
    for (;;) {
        struct time look = {1, 0}; /* the kernel takes from it what has passed */
        long ready = CALL5(__NR_ppoll, waits, 2, looking ? &look : NULL, NULL, 8);
        if (ready == 0 && look_at_folder(places->folder, wanted->disk, keeper)) looking = 0;
        if (ready == -EINTR || ready == 0) continue;
        /* Anything but bytes is the end; the server sends none. */
        if (ready < 0 || (waits[1].happened != 0 && CALL3(__NR_read, 0, ignored, sizeof ignored) <= 0)) return;
        if (waits[0].happened != 0) {
            struct report refusal;
            begin_report(&refusal);
            int status = hear_inside(talk, wanted->memory, &refusal);
            CALL2(__NR_kill, keeper, SIGKILL);
            kill_group(places->group);
            clear_children();
            if (group_ran_out(places->group)) report_overrun(wanted->memory, "memory");
            if (refusal.text.length > 0) send_report(&refusal);
            report_end(status < 0 ? SIGKILL : status);
            waits[0].descriptor = -1;
            looking = 0;
        }
    }
}

static int usage(void) {
    return fail("is started by the Espalier server: --folder=DIR [--socket=NAME] [--group=DIR] [--sandbox=MODE] "
                "[--user=ID:GROUP] [--network] [--memory-files] [--memory=BYTES] [--disk=BYTES] [--addresses=BYTES] "
                "[--read=PATH] [--write=PATH] [--read-exactly=PATH] [--write-exactly=PATH] [--link=PATH] -- COMMAND",
                0);
}

/* Whether an argument names what the worker may see: they are read where it is made visible. */
static int is_path(const char *argument) {
    static const char *const names[] = {"--read=", "--write=", "--link=", "--read-exactly=", "--write-exactly="};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (after(names[i], argument) != NULL) return 1;
    }
    return 0;
}

/* Reads the arguments up to "--". 0 where they are not a starter's. */
static int read_arguments(char **arguments, struct confinement *wanted) {
    char **argument = arguments;
    wanted->arguments = arguments;
    for (; *argument != NULL && !(after("--", *argument) != NULL && (*argument)[2] == 0); argument++) {
        const char *value;
        if ((value = after("--folder=", *argument)) != NULL) {
            wanted->folder = value;
        } else if ((value = after("--socket=", *argument)) != NULL) {
            wanted->socket = value;
        } else if ((value = after("--group=", *argument)) != NULL) {
            wanted->group = value;
        } else if ((value = after("--no-group=", *argument)) != NULL) {
            wanted->no_group = value;
        } else if ((value = after("--user=", *argument)) != NULL) {
            wanted->owner.user = read_number(value);
            while (*value >= '0' && *value <= '9') value++;
            wanted->owner.group = read_number(value + (*value != 0));
        } else if ((value = after("--memory=", *argument)) != NULL) {
            wanted->memory = (uint64_t)read_number(value);
        } else if ((value = after("--disk=", *argument)) != NULL) {
            wanted->disk = (uint64_t)read_number(value);
        } else if ((value = after("--addresses=", *argument)) != NULL) {
            wanted->addresses = (uint64_t)read_number(value);
        } else if (after("--network", *argument) != NULL) {
            wanted->calls.network = 1;
        } else if (after("--memory-files", *argument) != NULL) {
            wanted->calls.memory_files = 1;
        } else if (after("--sandbox=off", *argument) != NULL) {
            wanted->sandbox = SANDBOX_OFF;
        } else if (after("--sandbox=on", *argument) != NULL) {
            wanted->sandbox = SANDBOX_ON;
        } else if (after("--sandbox=auto", *argument) == NULL && !is_path(*argument)) {
            return 0;
        }
    }
    if (*argument == NULL) return 0;
    *argument = NULL;
    wanted->command = argument + 1;
    return wanted->folder != NULL && *wanted->command != NULL;
}

/* The namespaces of the `attempt`-th attempt, each with less. */
static long namespaces_of(const struct confinement *wanted, struct owner owner, int attempt) {
    long namespaces = NEW_MOUNTS | NEW_IPC;
    if (wanted->sandbox == SANDBOX_OFF || attempt > 1) return 0;
    if (attempt == 0) namespaces |= NEW_IDS;
    if (owner.user != 0) namespaces |= NEW_USERS;
    return wanted->calls.network ? namespaces : namespaces | NEW_NETWORK;
}

/* Starts the keeper and waits for its word that the worker begins, which is reported. The keeper, with the starter's end
 * of the pair between them; 0 where it has been reported that there is none. */
static long start_keeper(struct confinement *wanted, long control, int *talk, char **environment) {
    struct owner owner = own_owner();
    char heard[2100];
    struct report why;
    begin_report(&why);
    for (int attempt = 0;; attempt++) {
        long namespaces = namespaces_of(wanted, owner, attempt);
        wanted->calls.other_ids = (namespaces & NEW_IDS) != 0;
        int ends[2];
        long failure = open_talk(ends);
        long keeper = failure < 0 ? failure : call(__NR_clone, SIGCHLD | namespaces, 0, 0, 0, 0);
        if (keeper == 0) {
            CALL1(__NR_close, ends[0]);
            why.line[why.text.length] = 0;
            struct circumstances here = {
                namespaces, why.line, control, ends[1], open_group(wanted->group), 0, 0, environment};
            CALL1(__NR_exit_group, keep(wanted, &here, owner));
        }
        if (failure >= 0) CALL1(__NR_close, ends[1]);
        if (keeper < 0 && namespaces == 0) {
            fail("cannot start a process", keeper);
            return 0;
        }
        long pid = 0, got = keeper < 0 ? 0 : hear(ends[0], heard, sizeof heard, &pid);
        if (got > 0 && heard[0] == HAS_BEGUN) {
            struct report report;
            begin_report(&report);
            put_text(&report.text, "pid ");
            put_number(&report.text, pid);
            put_text(&report.text, ": ");
            put_text(&report.text, heard + 1);
            send_report(&report);
            *talk = ends[0];
            return keeper;
        }
        CALL1(__NR_close, ends[0]);
        if (keeper > 0) CALL2(__NR_kill, keeper, SIGKILL);
        clear_children();
        if (namespaces == 0 || (got > 0 && heard[0] == CANNOT_BE)) {
            fail(got > 0 ? heard + 1 : "its keeper has ended", 0);
            return 0;
        }
        begin_report(&why);
        put_text(&why.text, attempt == 0 ? "namespace of processes (" : "namespaces (");
        put_text(&why.text, got > 0 ? heard + 1 : "clone: error ");
        if (got <= 0) put_number(&why.text, -keeper);
        put_text(&why.text, ")");
    }
}

static int start(char **arguments, char **environment) {
    struct confinement wanted = {.sandbox = SANDBOX_AUTO, .owner = {NOBODY, NOBODY}};
    if (!read_arguments(arguments + 1, &wanted)) return usage();
    /* The worker's own root is made of folders that it must enter as whoever it becomes, whatever the server's mask. */
    wanted.mask = CALL1(__NR_umask, 022);
    /* Nobody of the same user may take the descriptors out of /proc, or by tracing. */
    call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    long control = wanted.socket == NULL ? -1 : connect_control(wanted.socket);
    if (wanted.socket != NULL && control < 0) return fail("cannot connect to the server", control);
    CALL1(__NR_setsid, 0);
    call(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    struct places places = {{0}, {0}, NULL};
    copy(wanted.folder, places.folder, sizeof places.folder);
    if (wanted.group != NULL) places.group = copy(wanted.group, places.group_path, sizeof places.group_path);
    int talk;
    long keeper = start_keeper(&wanted, control, &talk, environment);
    if (keeper > 0) {
        /* The worker alone holds what it says it by, so that its end is the end of that. */
        CALL1(__NR_close, OUTPUT);
        if (control >= 0) CALL1(__NR_close, control);
        hide_arguments(arguments, wanted.command);
        attend(&wanted, &places, talk, keeper);
        kill_group(places.group);
        clear_children();
    }
    remove_group(places.group);
    remove_folder(places.folder);
    return keeper > 0 ? 0 : 127;
}

__attribute__((used, noreturn)) void begin(long *stack) {
    char **arguments = (char **)(stack + 1);
    int status = start(arguments, arguments + stack[0] + 1);
    for (;;) CALL1(__NR_exit_group, status);
}
