// System calls that Swift's Glibc module does not offer: variadic functions and recent calls without a wrapper.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Opens PATH below FOLDER without ever following a symbolic link or leaving it, in any component, even while somebody
// swaps folders for links. Kernels before 5.6 lack openat2: there only the last component is protected.
static inline int secorch_open_beneath(int folder, const char *path, int flags) {
    struct open_how how = {
        .flags = (unsigned long long)(flags | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (opened < 0 && errno == ENOSYS) return openat(folder, path, flags | O_NOFOLLOW | O_CLOEXEC);
    return (int)opened;
}

// How often BYTE occurs in TEXT. Plain C, so that the compiler takes many bytes at a time.
static inline size_t secorch_count(const unsigned char *text, size_t length, unsigned char byte) {
    size_t count = 0;
    while (length > 0) {
        size_t part = length < 255 ? length : 255;
        unsigned char partial = 0;
        for (size_t index = 0; index < part; index++) partial += text[index] == byte;
        count += partial;
        text += part;
        length -= part;
    }
    return count;
}

// The first occurrence of NEEDLE in TEXT, or null. A GNU extension that Swift's view of the header leaves out.
void *memmem(const void *text, size_t length, const void *needle, size_t needle_length);
static inline const void *secorch_find(const void *text, size_t length, const void *needle, size_t needle_length) {
    return memmem(text, length, needle, needle_length);
}
