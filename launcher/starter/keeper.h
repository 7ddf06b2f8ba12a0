/* The process between the starter and the worker: the first one in the worker's namespaces, and the last. It gives them
 * their files, starts the worker, and says how that ended. A worker must not be first itself: the kernel keeps signals
 * from the first process of a namespace, such as those by which a JVM ends itself. */
#pragma once

#include "arguments.h"
#include "confine.h"
#include "folder.h"
#include "mounts.h"
#include "tree.h"

enum { PR_SET_CHILD_SUBREAPER = 36, SIG_BLOCK = 0, SIG_SETMASK = 2, WNOHANG = 1 };

/* How often the keeper looks, and how many looks running must show too much: for the moment between its fork and its
 * exec a child has all that its parent has. */
enum { LOOK_NANOS = 100000000, LOOKS = 3 };

struct time {
    int64_t seconds, nanos;
};

/* Leaves of the keeper what it needs to wait. */
static inline void withdraw(long talk) {
    if (talk != 0) CALL3(__NR_dup3, talk, 0, O_CLOEXEC);
    CALL3(__NR_close_range, 1, ~0U, 0);
    drop_bounding_capabilities();
    drop_capabilities();
    /* Nobody of the same user may look into it, or take its end of the pair. */
    call(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Reaps what has ended. 1 and its status where the worker is among it. */
static inline int reap(long worker, int *status) {
    long pid;
    while ((pid = CALL4(__NR_wait4, -1, status, WNOHANG, NULL)) > 0) {
        if (pid == worker) return 1;
    }
    return 0;
}

/* Waits for the worker's end, or until it has taken more than it may. `most` is 0 for any amount. */
static inline void attend_worker(long worker, uint64_t most, uint64_t signals) {
    struct message_text message;
    struct time look = {0, LOOK_NANOS};
    long own = CALL1(__NR_getpid, 0);
    int status, looks = 0;
    while (!reap(worker, &status)) {
        CALL4(__NR_rt_sigtimedwait, &signals, NULL, most == 0 ? NULL : &look, 8);
        looks = most > 0 && memory_of_tree(own, worker) > most >> 10 ? looks + 1 : 0;
        if (looks == LOOKS) {
            begin_message(&message, WAS_TOO_MUCH);
            say(0, &message);
            return;
        }
    }
    begin_message(&message, HAS_ENDED);
    put_number(&message.text, status);
    say(0, &message);
}

/* The keeper's life. `owner` is who it was before it came into its namespaces. */
static inline int keep(const struct confinement *wanted, struct circumstances *here, struct owner owner) {
    long namespaces = here->namespaces, talk = here->talk;
    call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    call(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    call(__NR_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    /* Before /proc can only be read; what it starts inherits that. */
    here->first_to_go = volunteer_for_oom_killer();
    if ((namespaces & NEW_USERS) != 0) {
        long failure = map_owner(owner);
        if (failure < 0) return say_failure(talk, NO_ROOM, "users of its own", failure);
    }
    if (namespaces != 0) {
        int failed = build_root(talk, wanted->arguments, wanted->folder, (namespaces & NEW_IDS) != 0);
        if (failed) return failed;
        if (owner.user == 0) give_folder(wanted->folder, wanted->owner.user, wanted->owner.group);
    }
    here->keeper = CALL1(__NR_getpid, 0);
    static const uint64_t child_ended = UINT64_C(1) << (SIGCHLD - 1);
    uint64_t before;
    CALL4(__NR_rt_sigprocmask, SIG_BLOCK, &child_ended, &before, 8);
    long worker = call(__NR_clone, SIGCHLD, 0, 0, 0, 0);
    if (worker < 0) return say_failure(talk, CANNOT_BE, "cannot start a process", worker);
    if (worker == 0) {
        CALL4(__NR_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
        return become_worker(wanted, here);
    }
    hide_arguments(wanted->arguments - 1, wanted->command);
    withdraw(talk);
    attend_worker(worker, (namespaces & NEW_IDS) != 0 ? wanted->memory : 0, child_ended);
    return 0;
}
