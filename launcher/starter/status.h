/* What the kernel says of a file. */
#pragma once

#include "system.h"

enum { AT_SYMLINK_NOFOLLOW = 0x100, STATUS_ALL = 0x7ff, S_IFMT = 0170000, S_IFDIR = 0040000 };

/* The beginning of `struct statx`, which is the same on all architectures. */
struct file_status {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, spare;
    uint64_t inode, size, blocks, attributes_mask;
    uint64_t times[8];
    uint32_t device[4];
    uint64_t rest[14];
};
