/* The files that a worker sees: a root of its own, in which the paths that it may read are mounted read-only and those
 * that it may write writable, all at their own places, with /proc and a short /dev. Whoever can enter nothing but this
 * root needs no right to the folders above: a file that anybody may read is read also where it lies in a folder that
 * nobody else may enter. */
#pragma once

#include "status.h"
#include "talk.h"

enum {
    MS_RDONLY = 1,
    MS_NOSUID = 2,
    MS_NODEV = 4,
    MS_NOEXEC = 8,
    MS_BIND = 4096,
    MS_REC = 16384,
    MS_PRIVATE = 1 << 18,
    MNT_DETACH = 2,
    AT_RECURSIVE = 0x8000,
    AT_EMPTY_PATH = 0x1000,
    S_IFLNK = 0120000,
    EEXIST = 17,
    ELOOP = 40,
    NAMETOOLONG = 36,
    OPEN_TREE_CLONE = 1,
    MOVE_MOUNT_EMPTY_PATH = 4,
    MOST_LINKS = 40,
    LONGEST_PATH = 4096,
};

#define OLD_ROOT "/.old"

struct path {
    char bytes[LONGEST_PATH];
    size_t length;
};

static inline int append(struct path *path, const char *text, size_t size) {
    if (path->length + size >= sizeof path->bytes) return -NAMETOOLONG;
    for (size_t i = 0; i < size; i++) path->bytes[path->length++] = text[i];
    path->bytes[path->length] = 0;
    return 0;
}

static inline void clear(struct path *path) {
    path->length = 0;
    path->bytes[0] = 0;
}

/* Leaves off the last name of a path. */
static inline void to_parent(struct path *path, size_t least) {
    while (path->length > least && path->bytes[--path->length] != '/') {
    }
    path->bytes[path->length] = 0;
}

static inline long status_of(const char *path, struct file_status *status) {
    return CALL5(__NR_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATUS_ALL, status);
}

static inline int same_file(const struct file_status *a, const struct file_status *b) {
    return a->inode == b->inode && a->device[2] == b->device[2] && a->device[3] == b->device[3];
}

struct mount_attributes {
    uint64_t set, clear, propagation, namespace;
};

static inline long set_attributes(const char *path, long flags, uint64_t set) {
    struct mount_attributes attributes = {set, 0, 0, 0};
    return CALL5(442 /* mount_setattr */, AT_FDCWD, path, flags, &attributes, sizeof attributes);
}

static inline int is_folder(const struct file_status *status) {
    return (status->mode & S_IFMT) == S_IFDIR;
}

static inline uint64_t attributes_of(const struct file_status *source, int writable) {
    return (writable ? 0 : MS_RDONLY) | MS_NOSUID | (is_folder(source) ? MS_NODEV : 0);
}

/* Makes what `source` can be mounted over, if nothing is there. */
static inline long make_target(const char *target, const struct file_status *source) {
    struct file_status there;
    if (status_of(target, &there) == 0) return 0;
    if (is_folder(source)) return CALL3(__NR_mkdirat, AT_FDCWD, target, 0755);
    long file = CALL4(__NR_openat, AT_FDCWD, target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) return file;
    CALL1(__NR_close, file);
    return 0;
}

/* Mounts what lies at `target` in the old root at the same place of the new one. */
static inline long bind(const char *target, const struct file_status *source_status, int writable) {
    struct path source;
    clear(&source);
    long failure = append(&source, OLD_ROOT, sizeof OLD_ROOT - 1);
    if (failure == 0) failure = append(&source, target, length(target));
    if (failure < 0) return failure;
    struct file_status there;
    /* Seen already, as a part of what was mounted before. */
    if (!writable && status_of(target, &there) == 0 && same_file(&there, source_status)) return 0;
    failure = make_target(target, source_status);
    if (failure < 0) return failure;
    failure = CALL5(__NR_mount, source.bytes, target, NULL, MS_BIND | MS_REC, NULL);
    if (failure < 0) return failure;
    return set_attributes(target, AT_RECURSIVE, attributes_of(source_status, writable));
}

enum look { AS_FOUND, LINKS_ONLY };

/* Makes `wanted` visible, or only the links on the way to it. Links are made anew, and lead where they lead. What is not
 * there is left out. */
static inline long show(const char *wanted, int writable, enum look how) {
    struct path rest, done, look, link;
    clear(&rest);
    clear(&done);
    long failure = append(&rest, wanted, length(wanted));
    int links = 0;
    struct file_status status = {0};
    while (failure == 0) {
        size_t at = 0;
        while (rest.bytes[at] == '/') at++;
        size_t end = at;
        while (rest.bytes[end] != 0 && rest.bytes[end] != '/') end++;
        if (at == end) break;
        const char *name = rest.bytes + at;
        size_t size = end - at;
        struct path next;
        clear(&next);
        if (size == 1 && name[0] == '.') {
            /* here */
        } else if (size == 2 && name[0] == '.' && name[1] == '.') {
            to_parent(&done, 0);
        } else {
            /* All that lies above must be there, or the path ends here. */
            struct file_status above;
            if (done.length > 0 && status_of(done.bytes, &above) < 0) {
                failure = CALL3(__NR_mkdirat, AT_FDCWD, done.bytes, 0755);
                if (failure < 0) return failure;
            }
            failure = append(&done, "/", 1);
            if (failure == 0) failure = append(&done, name, size);
            clear(&look);
            if (failure == 0) failure = append(&look, OLD_ROOT, sizeof OLD_ROOT - 1);
            if (failure == 0) failure = append(&look, done.bytes, done.length);
            if (failure == 0) failure = status_of(look.bytes, &status);
            if (failure == -ENOENT) return 0;
            if (failure == 0 && (status.mode & S_IFMT) == S_IFLNK) {
                long got = CALL4(__NR_readlinkat, AT_FDCWD, look.bytes, link.bytes, sizeof link.bytes - 1);
                if (got < 0) return got;
                if (++links > MOST_LINKS) return -ELOOP;
                link.bytes[got] = 0;
                link.length = (size_t)got;
                failure = CALL3(__NR_symlinkat, link.bytes, AT_FDCWD, done.bytes);
                if (failure < 0 && failure != -EEXIST) return failure;
                failure = append(&next, link.bytes, link.length);
                if (link.bytes[0] == '/') clear(&done);
                else to_parent(&done, 0);
            }
        }
        if (failure == 0) failure = append(&next, rest.bytes + end, rest.length - end);
        rest = next;
    }
    return failure < 0 || done.length == 0 || how == LINKS_ONLY ? failure : bind(done.bytes, &status, writable);
}

/* Makes the folders above `target`. */
static inline long make_above(const char *target) {
    struct path above;
    for (size_t i = 1; target[i] != 0; i++) {
        if (target[i] != '/') continue;
        clear(&above);
        long failure = append(&above, target, i);
        if (failure == 0) failure = CALL3(__NR_mkdirat, AT_FDCWD, above.bytes, 0755);
        struct file_status there;
        if (failure < 0 && status_of(above.bytes, &there) < 0) return failure;
    }
    return 0;
}

/* Makes visible what lies at `target`, if no link leads there. What is opened is what is mounted: an op may be changing
 * the folders above at this moment. */
static inline void show_exactly(const char *target, int writable) {
    struct path source;
    clear(&source);
    if (append(&source, OLD_ROOT, sizeof OLD_ROOT - 1) < 0 || append(&source, target, length(target)) < 0) return;
    long opened = open_exactly(source.bytes);
    if (opened < 0) return;
    struct file_status status;
    long failure = CALL5(__NR_statx, opened, "", AT_EMPTY_PATH, STATUS_ALL, &status);
    if (failure == 0) failure = make_above(target);
    if (failure == 0) failure = make_target(target, &status);
    long tree = failure < 0 ? failure
                            : CALL3(428 /* open_tree */, opened, "",
                                    OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
    CALL1(__NR_close, opened);
    if (tree < 0) return;
    struct mount_attributes attributes = {attributes_of(&status, writable), 0, 0, 0};
    failure = CALL5(442 /* mount_setattr */, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes);
    if (failure == 0) CALL5(429 /* move_mount */, tree, "", AT_FDCWD, target, MOVE_MOUNT_EMPTY_PATH);
    CALL1(__NR_close, tree);
}

/* Takes a folder, over which an empty file system is mounted, for the root; the old one is at OLD_ROOT. */
static inline long begin_root(const char *folder) {
    long failure = CALL5(__NR_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    if (failure == 0) failure = CALL5(__NR_mount, "tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m");
    if (failure == 0) failure = CALL1(__NR_chdir, folder);
    if (failure == 0) failure = CALL3(__NR_mkdirat, AT_FDCWD, OLD_ROOT + 1, 0700);
    if (failure == 0) failure = CALL2(__NR_pivot_root, ".", OLD_ROOT + 1);
    return failure == 0 ? CALL1(__NR_chdir, "/") : failure;
}

static inline long end_root(void) {
    long failure = CALL2(__NR_umount2, OLD_ROOT, MNT_DETACH);
    if (failure == 0) failure = CALL3(__NR_unlinkat, AT_FDCWD, OLD_ROOT, AT_REMOVEDIR);
    return failure == 0 ? set_attributes("/", 0, MS_RDONLY) : failure;
}

static inline long show_devices(void) {
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"};
    long failure = 0;
    for (unsigned i = 0; failure == 0 && i < sizeof devices / sizeof *devices; i++) failure = show(devices[i], 1, AS_FOUND);
    return failure;
}

/* Whether a path is of /proc, which a worker has its own of. */
static inline int is_proc(const char *path) {
    const char *beyond = after("/proc", path);
    return beyond != NULL && (*beyond == 0 || *beyond == '/');
}

/* Gives the calling process, which is in a mount namespace of its own, the root that `arguments` describe. Says what is
 * wrong where that fails.
 *
 * `own_ids` is whether it is in a process id namespace of its own, and so gets a /proc of its own. */
static inline int build_root(long talk, char **arguments, const char *folder, int own_ids) {
    long failure = begin_root(folder);
    if (failure < 0) return say_failure(talk, NO_ROOM, "root of its own", failure);
    if (own_ids) {
        failure = CALL3(__NR_mkdirat, AT_FDCWD, "/proc", 0755);
        if (failure == 0) failure = CALL5(__NR_mount, "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    } else {
        failure = show("/proc", 1, AS_FOUND);
    }
    if (failure < 0) return say_failure(talk, NO_ROOM, "/proc of its own", failure);
    failure = show_devices();
    for (int writable = 0; writable < 2; writable++) {
        for (char **argument = arguments; failure == 0 && *argument != NULL; argument++) {
            const char *path = after(writable ? "--write=" : "--read=", *argument);
            if (path == NULL || is_proc(path)) continue;
            failure = show(path, writable, AS_FOUND);
            if (failure < 0) return say_failure(talk, NO_ROOM, path, failure);
        }
    }
    for (int writable = 0; writable < 2; writable++) {
        for (char **argument = arguments; *argument != NULL; argument++) {
            const char *path = after(writable ? "--write-exactly=" : "--read-exactly=", *argument);
            if (path != NULL && !is_proc(path)) show_exactly(path, writable);
            path = after("--link=", *argument);
            if (path != NULL && !writable) show(path, 0, LINKS_ONLY);
        }
    }
    if (failure == 0) failure = end_root();
    return failure == 0 ? 0 : say_failure(talk, NO_ROOM, "devices", failure);
}
