#ifndef WT_GIT_SHIM_H
#define WT_GIT_SHIM_H

#include <git2.h>
#include <git2/sys/repository.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* git_libgit2_opts is variadic, which Swift cannot call: one wrapper per option used. */
static inline int wt_git_set_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

/* Extensions that this program understands although the library does not. */
static inline int wt_git_set_extensions(const char **names, size_t count) {
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

/* An upper bound, in bytes, for the library's cache of parsed objects. */
static inline int wt_git_set_cache_max_size(ssize_t bytes) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}

/* Whether each object read is hashed anew; git itself leaves that to fsck. */
static inline int wt_git_set_hash_verification(int on) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on);
}

/* Names of a file's extended attributes; the C library's module leaves this header out. */
static inline ssize_t wt_list_attributes(int file, char *names, size_t size) {
    return flistxattr(file, names, size);
}

/* Reads the start of a file as far as memory holds it, without waiting for a disk; fails where the file system cannot
   tell. The C library's module leaves these headers out too. */
static inline ssize_t wt_read_at_hand(int file, void *bytes, size_t count) {
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    return syscall(SYS_preadv2, file, &part, 1L, 0L, 0L, (long)RWF_NOWAIT);
}

/* Whether the file system of a file lies in memory as a whole. */
static inline int wt_lies_in_memory(int file) {
    struct statfs system;
    return fstatfs(file, &system) == 0
        && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
}

#endif
