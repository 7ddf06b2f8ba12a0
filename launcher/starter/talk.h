/* What the processes inside a worker's confinement say to the starter outside, over a pair of sockets that is closed
 * before the worker's first instruction. The kernel adds the sender's process id as the starter sees it, which differs
 * from its own in a process id namespace. */
#pragma once

#include "control.h"
#include "text.h"

enum { SOCK_SEQPACKET = 5, SOL_SOCKET = 1, SO_PASSCRED = 16, SCM_CREDENTIALS = 2, MSG_CMSG_CLOEXEC = 0x40000000 };

enum message {
    HAS_BEGUN = 'B',  /* the worker is about to run; what is in force */
    HAS_ENDED = 'E',  /* its wait status, in digits */
    CANNOT_BE = 'C',  /* why it does not run */
    NO_ROOM = 'N',    /* why such namespaces cannot be had */
    WAS_TOO_MUCH = 'W' /* which limit it went over */
};

struct message_text {
    char bytes[2000];
    struct text text;
};

static inline void begin_message(struct message_text *message, enum message kind) {
    message->text = (struct text){message->bytes, 0, sizeof message->bytes};
    char begin[2] = {(char)kind, 0};
    put_text(&message->text, begin);
}

static inline void say(long talk, const struct message_text *message) {
    CALL3(__NR_write, talk, message->bytes, message->text.length);
}

/* Says what failed, with the error number unless it is 0. Returns the exit status for it. */
static inline int say_failure(long talk, enum message kind, const char *what, long error) {
    struct message_text message;
    begin_message(&message, kind);
    put_text(&message.text, what);
    if (error != 0) {
        put_text(&message.text, ": error ");
        put_number(&message.text, -error);
    }
    say(talk, &message);
    return 127;
}

struct vector {
    void *base;
    size_t length;
};

struct envelope {
    void *name;
    unsigned name_length;
    struct vector *parts;
    size_t count;
    void *control;
    size_t control_length;
    int flags;
};

struct credentials {
    size_t length;
    int level, type;
    int pid;
    unsigned user, group;
    int unused;
};

/* Opens the pair: the starter's end first, which is told who speaks. 0, or a negative error. */
static inline long open_talk(int ends[2]) {
    long failure = CALL4(__NR_socketpair, AF_UNIX, SOCK_SEQPACKET | O_CLOEXEC, 0, ends);
    int yes = 1;
    return failure < 0 ? failure : CALL5(__NR_setsockopt, ends[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
}

/* Waits for the next message and puts an end to its text. Its length; 0 where nobody is left to speak. */
static inline long hear(long talk, char *bytes, size_t most, long *pid) {
    struct vector part = {bytes, most - 1};
    struct credentials sender = {0, 0, 0, 0, 0, 0, 0};
    struct envelope envelope = {NULL, 0, &part, 1, &sender, sizeof sender, 0};
    long got = CALL3(__NR_recvmsg, talk, &envelope, MSG_CMSG_CLOEXEC);
    if (got <= 0) return 0;
    bytes[got] = 0;
    *pid = sender.type == SCM_CREDENTIALS ? sender.pid : 0;
    return got;
}
