/* What the hostile op libraries share. Each is an op `test.hostile:Attack` that returns its input, and at one PLACE in
 * its life does what no op may do:
 *
 *     #define PLACE IN_RUN
 *     #include "attack.h"
 *
 *     static void attack(void) { ... }
 *
 * What it has found out it says with note(), and what it should not have been able to do with broke(): an op tells that
 * as its error, and so does a model's load; a probe ends with it as its last words. `target.h` is written by the
 * suite: where the canaries lie, and where somebody listens. */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "onnx_op.h"
#include "target.h"

enum place { IN_PROBE, IN_INITIALISER, IN_REGISTRATION, IN_LOAD, IN_RUN };

static void attack(void);

/* The request's elements behind the first, which is -1 where the attack is wanted. */
static float wanted_[8];

struct words {
    char text[3000];
    size_t length;
};
static struct words broken_, noted_;

/* What is told instead of the report, where it is not NULL. */
static const char *reason_;

static inline void add_words(struct words *words, const char *format, va_list values) {
    size_t room = sizeof words->text - words->length;
    int length = vsnprintf(words->text + words->length, room, format, values);
    if (length > 0 && (size_t)length + 3 < room) words->length += (size_t)length;
    words->length += (size_t)sprintf(words->text + words->length, "; ");
}

__attribute__((format(printf, 1, 2))) static inline void note(const char *format, ...) {
    va_list values;
    va_start(values, format);
    if (noted_.length < 2500) add_words(&noted_, format, values);
    va_end(values);
}

__attribute__((format(printf, 1, 2))) static inline void broke(const char *format, ...) {
    va_list values;
    va_start(values, format);
    if (broken_.length == 0) broken_.length = (size_t)sprintf(broken_.text, "BROKE ");
    if (broken_.length < 2500) add_words(&broken_, format, values);
    va_end(values);
}

/* What is broken first: of last words the end is cut off. */
static inline const char *report(void) {
    static char whole[6100];
    if (reason_ != NULL) return reason_;
    snprintf(whole, sizeof whole, "hostile: " HOSTILE_NAME ": %s%s", broken_.text, noted_.text);
    return whole;
}

/* Writes to the standard output at once, past stdio. */
static inline void say(const char *text) {
    if (write(1, text, strlen(text)) < 0) return;
}

/* The whole of a small file, or NULL. The caller frees it. */
static inline char *content(const char *path) {
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return NULL;
    char *text = malloc(1 << 16);
    ssize_t length = read(file, text, (1 << 16) - 1);
    close(file);
    if (length < 0) {
        free(text);
        return NULL;
    }
    for (ssize_t i = 0; i < length; i++) {
        if (text[i] == 0) text[i] = ' ';
    }
    text[length] = 0;
    return text;
}

/* The canary in a text, shortened to itself. */
static inline const char *canary(const char *text) {
    static char found[40];
    const char *begin = strstr(text, "canary-");
    if (begin == NULL) return "";
    snprintf(found, sizeof found, "%.23s", begin);
    return found;
}

/* Tries to read a file that is none of a worker's business. */
static inline bool takes(const char *what, const char *path) {
    char *text = content(path);
    if (text == NULL) {
        note("no %s (%s)", what, strerror(errno));
        return false;
    }
    broke("read %s %s", what, canary(text));
    free(text);
    return true;
}

/* Tries to write a file in a folder that is none of a worker's business. */
static inline void writes(const char *what, const char *folder) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/hostile-%s", folder, HOSTILE_RUN);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) {
        note("no file in %s (%s)", what, strerror(errno));
        return;
    }
    broke("wrote to %s", what);
    close(file);
}

static inline bool in_probe(void) {
    char *line = content("/proc/self/cmdline");
    bool found = line != NULL && strstr(line, "ProbeMain") != NULL;
    free(line);
    return found;
}

static inline pid_t parent_of(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    char *text = content(path);
    if (text == NULL) return 0;
    const char *name_end = strrchr(text, ')');
    pid_t parent = 0;
    if (name_end == NULL || sscanf(name_end + 1, " %*c %d", &parent) != 1) parent = 0;
    free(text);
    return parent;
}

/* The server's process: as the request says, else up from here. 0 where it cannot be seen. */
static inline pid_t server(void) {
    if (wanted_[0] > 0) return (pid_t)wanted_[0];
    pid_t pid = getppid();
    for (int level = 0; pid > 1 && level < 8; level++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
        char *line = content(path);
        bool found = line != NULL && strstr(line, "dev.espalier.server.Main") != NULL;
        free(line);
        if (found) return pid;
        pid = parent_of(pid);
    }
    return 0;
}

/* Whether a process that has this number here is the server or a worker of the run, and not some other one. */
static inline bool is_target(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    char *line = content(path);
    bool found = line != NULL && strstr(line, "espalier") != NULL;
    free(line);
    return found;
}

/* The next descriptor from `from` on whose link begins with `prefix`, or -1. */
static inline int descriptor_of(const char *prefix, int from) {
    for (int number = from; number < 4096; number++) {
        char path[64], target[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0) continue;
        target[length] = 0;
        if (strncmp(target, prefix, strlen(prefix)) == 0) return number;
    }
    return -1;
}

/* The connection to the server, or -1. */
static inline int control_socket(void) {
    for (int number = descriptor_of("socket:", 0); number >= 0; number = descriptor_of("socket:", number + 1)) {
        int domain = 0;
        socklen_t size = sizeof domain;
        struct sockaddr_un peer;
        socklen_t peer_size = sizeof peer;
        if (getsockopt(number, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX
            && getpeername(number, (struct sockaddr *)&peer, &peer_size) == 0) {
            return number;
        }
    }
    return -1;
}

/* The memory that the worker shares with the server and may write; its size, and NULL where it is not found. */
static inline unsigned char *out_memory(size_t *size) {
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    unsigned char *found = NULL;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin, end;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &begin, &end, rights) == 3 && strncmp(rights, "rw-s", 4) == 0
            && strstr(line, "memfd:espalier") != NULL) {
            found = (unsigned char *)begin;
            *size = end - begin;
            break;
        }
    }
    if (maps != NULL) fclose(maps);
    return found;
}

static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline void pause_for(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) continue;
}

/* Runs on a thread that lives on when the op has answered. */
static inline void on_a_thread(void *(*run)(void *), void *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, argument) != 0) {
        note("no thread (%s)", strerror(errno));
        return;
    }
    pthread_detach(thread);
}

/* A child with the run's mark for a name, which ends by itself after a minute should nobody end it: no run leaves
 * anything on its machine. 0 in the child. */
static inline pid_t marked_child(void) {
    pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_NAME, HOSTILE_RUN);
    alarm(60);
    return 0;
}

static inline void begin_attack(void) {
    say("hostile: " HOSTILE_NAME " begins\n");
    attack();
    note("ended");
}

__attribute__((constructor)) static void open_library(void) {
    if (PLACE == IN_PROBE && in_probe()) {
        begin_attack();
        say(report());
        say("\n");
        _exit(3);
    }
    if (PLACE == IN_INITIALISER && !in_probe()) begin_attack();
}

static OrtStatus *compute(void *kernel, OrtKernelContext *context) {
    (void)kernel;
    OnnxOpTensor input;
    void *output;
    ONNX_OP_TRY(onnx_op_input(context, 0, &input));
    ONNX_OP_TRY(onnx_op_output(context, 0, &input, &output));
    const float *from = (const float *)input.data;
    if (PLACE == IN_RUN && input.count > 0 && from[0] == -1) {
        for (size_t i = 0; i + 1 < input.count && i < 8; i++) wanted_[i] = from[i + 1];
        broken_.length = noted_.length = 0;
        broken_.text[0] = noted_.text[0] = 0;
        begin_attack();
        return onnx_op_api->CreateStatus(ORT_FAIL, report());
    }
    memcpy(output, input.data, input.count * sizeof(float));
    return NULL;
}

static OrtStatus *create(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
    (void)info;
    *kernel = (void *)op;
    if (PLACE != IN_LOAD || in_probe()) return NULL;
    begin_attack();
    return api->CreateStatus(ORT_FAIL, report());
}

static const char *name(const OrtCustomOp *op) {
    (void)op;
    return "Attack";
}

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    static OrtCustomOp op;
    if (PLACE == IN_REGISTRATION && !in_probe()) begin_attack();
    onnx_op_describe(&op, name, compute);
    op.CreateKernelV2 = create;
    return onnx_op_register("test.hostile", &op, options, base);
}
