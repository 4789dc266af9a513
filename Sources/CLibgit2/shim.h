#ifndef WT_GIT_SHIM_H
#define WT_GIT_SHIM_H

#include <git2.h>
#include <git2/sys/repository.h>
#include <sys/xattr.h>

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

#endif
