#define _GNU_SOURCE
#include "CSystem.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

_Static_assert(WT_PATH_ONLY == O_PATH, "the same on every machine that is supported");

/* linux/openat2.h, which older headers lack. */
struct how {
    uint64_t flags, mode, resolve;
};
#define NO_MAGICLINKS 0x02
#define NO_SYMLINKS 0x04
#define BENEATH 0x08

/* For kernels before 5.6: one component at a time, and no link at all. */
static int open_step_by_step(int folder, const char *path, int flags, unsigned mode) {
    char part[256];
    int at = dup(folder);
    while (at >= 0) {
        size_t length = strcspn(path, "/");
        if (length >= sizeof part) {
            close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(part, path, length);
        part[length] = 0;
        path += length;
        while (*path == '/') path++;
        int last = *path == 0;
        int next = -1;
        if (strcmp(part, "..") == 0)
            errno = EXDEV;
        else
            next = openat(at, length ? part : ".",
                          (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC, mode);
        int code = errno;
        close(at);
        errno = code;
        if (last) return next;
        at = next;
    }
    return -1;
}

int wt_open_beneath(int folder, const char *path, int flags, unsigned mode, int following) {
    struct how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = BENEATH | NO_MAGICLINKS | (following ? 0 : NO_SYMLINKS),
    };
    for (int tries = 0; tries < 64; tries++) {
        long result = syscall(SYS_openat2, folder, *path ? path : ".", &how, sizeof how);
        if (result >= 0) return (int)result;
        /* EAGAIN: something above was renamed meanwhile. */
        if (errno == ENOSYS) return open_step_by_step(folder, path, flags, mode);
        if (errno != EAGAIN && errno != EINTR) return -1;
    }
    return -1;
}
