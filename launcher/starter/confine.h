/* What a worker may not do, put on the calling process; it holds for everything that the process becomes and forks. */
#pragma once

#include "capabilities.h"
#include "descriptors.h"
#include "group.h"
#include "landlock.h"
#include "layers.h"
#include "limits.h"
#include "namespaces.h"
#include "seccomp.h"
#include "talk.h"

enum { SANDBOX_OFF, SANDBOX_AUTO, SANDBOX_ON };
enum { PR_SET_PDEATHSIG = 1, PR_SET_NO_NEW_PRIVS = 38 };

/* What the server wants. */
struct confinement {
    char **arguments; /* the starter's own, up to "--" */
    char **command;
    const char *folder;
    const char *socket; /* the server's control socket; NULL for none */
    int sandbox;
    const char *group;    /* the control group's folder; NULL for none */
    const char *no_group; /* why there is none */
    struct owner owner;   /* whom a worker of the superuser's becomes */
    struct calls calls;
    uint64_t memory; /* bytes that all processes of the worker may have together; 0 for any number */
    uint64_t disk;   /* bytes that its folder may have; 0 for any number */
    uint64_t addresses; /* bytes that each of its processes may map; 0 for any number */
    long mask;          /* the server's, of permissions that new files do not get */
};

/* Where the calling process finds itself. */
struct circumstances {
    long namespaces;         /* those that it is in */
    const char *why_not_all; /* why these are not all; empty where they are */
    long control;            /* the connected control socket; negative for none */
    long talk;
    long group;  /* where the worker joins its control group; negative for none */
    long keeper; /* its parent */
    int first_to_go;
    char **environment;
};

/* Puts Landlock on. */
static inline void restrict_files(const struct confinement *wanted, long namespaces, struct layers *layers) {
    long version = landlock(wanted->arguments, wanted->calls.network);
    if (version <= 0) {
        lacks(layers, "Landlock", version);
        return;
    }
    in_force(layers, "Landlock ");
    put_number(&layers->in_force, version);
    if (version < LANDLOCK_WITH_NETWORK && (namespaces & NEW_NETWORK) == 0 && !wanted->calls.network) {
        lacks(layers, "Landlock's network", 0);
    }
    if (version < LANDLOCK_WITH_SCOPES && (namespaces & NEW_IDS) == 0) lacks(layers, "Landlock's scopes", 0);
}

/* Leaves the superuser's rights, and where that is possible the superuser. */
static inline long leave_superuser(const struct confinement *wanted, long namespaces, struct layers *layers) {
    int root = own_owner().user == 0;
    long failure = drop_bounding_capabilities();
    if (failure == 0 && root && (namespaces & NEW_MOUNTS) != 0) {
        failure = become_owner(wanted->owner);
        if (failure < 0) return failure;
        in_force(layers, "user ");
        put_number(&layers->in_force, wanted->owner.user);
        if ((namespaces & NEW_IDS) != 0 && CALL1(__NR_unshare, NEW_USERS) == 0) {
            failure = map_owner(wanted->owner);
            if (failure == 0) failure = drop_bounding_capabilities();
            lower_own_processes();
        }
    } else if (failure == 0 && root) {
        lacks(layers, "user of its own", 0);
    } else if ((namespaces & NEW_USERS) != 0) {
        lower_own_processes();
    }
    if (failure == 0) failure = drop_capabilities();
    if (failure == 0) in_force(layers, "no capabilities");
    return failure;
}

/* Puts the calling process into its control group. */
static inline void enter_group(const struct confinement *wanted, long group, struct layers *layers) {
    if (wanted->group == NULL) {
        put_lack(&layers->lacking_rare, "cgroup", 0);
        put_text(&layers->lacking_rare, " (");
        put_text(&layers->lacking_rare, wanted->no_group == NULL ? "none was made" : wanted->no_group);
        put_text(&layers->lacking_rare, ")");
        return;
    }
    long failure = join_group(group);
    if (failure < 0) put_lack(&layers->lacking_rare, "cgroup", failure);
    else in_force(layers, "cgroup");
}

/* Confines the calling process, says what is in force, and becomes the worker. Returns only where that cannot be. */
static inline int become_worker(const struct confinement *wanted, const struct circumstances *here) {
    long namespaces = here->namespaces, talk = here->talk;
    struct layers layers;
    begin_layers(&layers);
    CALL1(__NR_setsid, 0);
    in_force(&layers, "own session");
    if (wanted->sandbox != SANDBOX_OFF) enter_group(wanted, here->group, &layers);
    lower_limits(wanted->disk, wanted->addresses);
    lower_limit(RLIMIT_PROCESSES, MOST_PROCESSES);
    in_force(&layers, "no core files");
    if (here->first_to_go) in_force(&layers, "first to go when memory runs out");
    if (here->why_not_all[0] != 0) lacks(&layers, here->why_not_all, 0);
    if (wanted->sandbox != SANDBOX_OFF) {
        if (namespaces != 0) {
            in_force(&layers, "namespaces");
            name_namespaces(&layers.in_force, namespaces);
        }
        long failure = leave_superuser(wanted, namespaces, &layers);
        if (failure < 0) return say_failure(talk, CANNOT_BE, "cannot give up the superuser's rights", failure);
    }
    call(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (CALL1(__NR_getppid, 0) != here->keeper) return say_failure(talk, CANNOT_BE, "the server is gone", 0);
    long failure = CALL1(__NR_chdir, wanted->folder);
    if (failure < 0) return say_failure(talk, CANNOT_BE, "cannot enter the worker's folder", failure);
    failure = arrange_descriptors(here->control, talk);
    if (failure < 0) return say_failure(talk, CANNOT_BE, "cannot arrange the worker's descriptors", failure);
    if (call(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) in_force(&layers, "no new privileges");
    if (wanted->sandbox == SANDBOX_OFF) {
        put_text(&layers.in_force, "; files, network and system calls as the server's (--worker-sandbox=off)");
    } else {
        restrict_files(wanted, namespaces, &layers);
        if (wanted->memory > 0 && (namespaces & NEW_IDS) == 0) lacks(&layers, "memory limit for what it starts", 0);
        failure = filter_calls(&wanted->calls);
        if (failure < 0) lacks(&layers, "system call filter", failure);
        else in_force(&layers, "system calls filtered");
    }
    struct message_text message;
    if (wanted->sandbox == SANDBOX_ON && layers.lacking.length > 0) {
        begin_message(&message, CANNOT_BE);
        put_text(&message.text, "--worker-sandbox=on, and this machine does not give: ");
        put_text(&message.text, layers.missing);
        put_text(&message.text, "; use auto or off");
        say(SPEECH, &message);
        return 127;
    }
    begin_message(&message, HAS_BEGUN);
    put_text(&message.text, layers.there);
    put_lacks(&message.text, &layers);
    say(SPEECH, &message);
    CALL1(__NR_umask, wanted->mask);
    failure = CALL3(__NR_execve, wanted->command[0], wanted->command, here->environment);
    return say_failure(SPEECH, CANNOT_BE, wanted->command[0], failure);
}
