/* The system calls that the starter makes, without a C library: it is a static file of a few kilobytes that runs on
 * any distribution. x86-64 and arm64. A failed call returns the negative error number. */
#pragma once

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

static inline long call(long number, long a, long b, long c, long d, long e) {
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#else
#error "no system calls for this architecture"
#endif
}

#define CALL1(n, a) call(n, (long)(a), 0, 0, 0, 0)
#define CALL2(n, a, b) call(n, (long)(a), (long)(b), 0, 0, 0)
#define CALL3(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0)
#define CALL4(n, a, b, c, d) call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0)
#define CALL5(n, a, b, c, d, e) call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* Where a process begins: hands the stack, on which the arguments lie, to `begin`. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call begin\n");
#else
__asm__(".globl _start\n_start:\n mov x29,#0\n mov x0,sp\n bl begin\n");
#endif

enum {
    SIGKILL = 9,
    SIGCHLD = 17,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EINVAL = 22,
    O_WRONLY = 01,
    O_CREAT = 0100,
    O_EXCL = 0200,
    O_CLOEXEC = 02000000,
    O_PATH = 010000000,
    AT_FDCWD = -100,
    AT_REMOVEDIR = 0x200,
    RESOLVE_NO_LINKS = 4,
};
#if defined(__x86_64__)
enum { O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };
#else
enum { O_DIRECTORY = 040000, O_NOFOLLOW = 0100000 };
#endif

/* A compiler makes calls of these by itself. */
__attribute__((used)) void *memcpy(void *to, const void *from, size_t size) {
    for (size_t i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

__attribute__((used)) void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++) ((char *)to)[i] = (char)value;
    return to;
}

static inline size_t length(const char *text) {
    size_t n = 0;
    while (text[n] != 0) n++;
    return n;
}

/* What follows `prefix` in `text`, or NULL where it begins otherwise. */
static inline const char *after(const char *prefix, const char *text) {
    while (*prefix != 0) {
        if (*prefix++ != *text++) return NULL;
    }
    return text;
}

/* Opens what lies at `path`, where no link is on the way. */
static inline long open_exactly(const char *path) {
    struct {
        uint64_t flags, mode, resolve;
    } how = {O_PATH | O_CLOEXEC, 0, RESOLVE_NO_LINKS};
    return CALL4(437 /* openat2 */, AT_FDCWD, path, &how, sizeof how);
}
