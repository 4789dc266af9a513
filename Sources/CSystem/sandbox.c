#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Namespaces, mounts, limits and capabilities of a worker; landlock.c has the rights on files. */

/* Newer than the C library of some systems. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

enum { tree_clone = 1, tree_recursive = 0x8000, tree_empty_path = 0x1000, move_from_empty = 4 };
enum { mount_read_only = 1 };
enum { mount_capacity = 1024 };

struct mount_attributes {
    uint64_t set, clear, propagation, users;
};

/* Namespaces. */

static int write_file(const char *path, const char *text) {
    return wt_write_text(AT_FDCWD, path, text);
}

/* One user, the same inside and outside. */
static int map_user(uid_t user, gid_t group) {
    char text[64];
    // Needed before a group may be mapped without privilege (user_namespaces(7)).
    int code = write_file("/proc/self/setgroups", "deny");
    if (code != 0 && code != ENOENT) return code;
    strcpy(wt_decimal(stpcpy(wt_decimal(text, user), " "), user), " 1");
    code = write_file("/proc/self/uid_map", text);
    if (code != 0) return code;
    strcpy(wt_decimal(stpcpy(wt_decimal(text, group), " "), group), " 1");
    return write_file("/proc/self/gid_map", text);
}

static int enter_namespaces(int flags, int owns_users) {
    if (flags == 0 && !owns_users) return 0;
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(flags | (owns_users ? CLONE_NEWUSER : 0)) != 0) return errno;
    return owns_users ? map_user(user, group) : 0;
}

static int raise_loopback(void) {
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return errno;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int code = ioctl(socket_, SIOCSIFFLAGS, &request) == 0 ? 0 : errno;
    close(socket_);
    return code;
}

/* Mounts. */

static int set_read_only(int place, const char *path, int flags) {
    struct mount_attributes attributes = {.set = mount_read_only};
    return syscall(SYS_mount_setattr, place, path, flags, &attributes, sizeof attributes) == 0
        ? 0 : errno;
}

/* `folder` is the cover of a folder, which is still written when a place is made below it; else -1. */
static int cover(const char *path, int *folder) {
    struct stat found;
    // Not followed: a link that somebody else owns must not choose what is covered.
    if (lstat(path, &found) != 0) return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
    if (S_ISLNK(found.st_mode)) return 0;
    int code;
    if (S_ISDIR(found.st_mode))
        code = mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755,size=64k");
    else
        code = mount("/dev/null", path, NULL, MS_BIND, NULL);
    if (code == 0 && S_ISDIR(found.st_mode)) {
        // By name, what lies above it may later be another place.
        *folder = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        code = *folder < 0 ? -1 : 0;
    }
    return code == 0 ? 0 : errno;
}

static int freeze(const char *path) {
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) != 0)
        return errno == ENOENT ? 0 : errno;
    return set_read_only(AT_FDCWD, path, tree_recursive);
}

/* Makes the place for a mount; only below a cover is something missing. */
static void make_place(const char *path, int is_folder) {
    char part[4096];
    size_t length = strlen(path);
    if (length >= sizeof part) return;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (path[i] == 0 && !is_folder) {
            int file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
            if (file >= 0) close(file);
        } else {
            mkdir(part, 0755);
        }
    }
}

static int attach(int tree, const char *path) {
    struct stat found;
    if (fstat(tree, &found) != 0) return errno;
    struct stat there;
    if (stat(path, &there) != 0) make_place(path, S_ISDIR(found.st_mode));
    return syscall(SYS_move_mount, tree, "", AT_FDCWD, path, move_from_empty) == 0 ? 0 : errno;
}

static int change_mounts(const struct wt_mount *mounts, int count) {
    // What is kept, and what is covered.
    int places[mount_capacity];
    if (count > mount_capacity) return E2BIG;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return errno;
    // Taken before anything is covered.
    for (int i = 0; i < count; i++) {
        places[i] = -1;
        if (mounts[i].kind != WT_KEEP) continue;
        places[i] = (int)syscall(
            SYS_open_tree, AT_FDCWD, mounts[i].path, tree_clone | tree_recursive | O_CLOEXEC);
        if (places[i] < 0 && errno != ENOENT) return errno;
    }
    for (int i = 0; i < count; i++) {
        int code = 0;
        if (mounts[i].kind == WT_COVER) code = cover(mounts[i].path, &places[i]);
        if (mounts[i].kind == WT_FREEZE) code = freeze(mounts[i].path);
        if (mounts[i].kind == WT_KEEP && places[i] >= 0) {
            code = attach(places[i], mounts[i].path);
            close(places[i]);
        }
        if (code != 0) return code;
    }
    for (int i = 0; i < count; i++) {
        if (mounts[i].kind != WT_COVER || places[i] < 0) continue;
        int code = set_read_only(places[i], "", tree_empty_path);
        close(places[i]);
        if (code != 0) return code;
    }
    return 0;
}

/* Capabilities with which root could leave the sandbox, or harm the machine from inside. The
   numbers are those of capability(7); the header is not on every system. */
static const int refused_capabilities[] = {
    2 /* DAC_READ_SEARCH: opens files by handle */, 9 /* LINUX_IMMUTABLE */, 16 /* SYS_MODULE */,
    17 /* SYS_RAWIO */, 19 /* SYS_PTRACE */, 20 /* SYS_PACCT */, 21 /* SYS_ADMIN: mounts */,
    22 /* SYS_BOOT */, 25 /* SYS_TIME */, 27 /* MKNOD */, 30 /* AUDIT_CONTROL */,
    32 /* MAC_OVERRIDE */, 33 /* MAC_ADMIN */, 34 /* SYSLOG */, 38 /* PERFMON */, 39 /* BPF */,
};

static void drop_capabilities(void) {
    // Effective at the exec. Refused for ordinary users, who lose all capabilities there anyway.
    for (size_t i = 0; i < sizeof refused_capabilities / sizeof *refused_capabilities; i++)
        prctl(PR_CAPBSET_DROP, refused_capabilities[i], 0, 0, 0);
}

/* Limits. */

static int set_limit(__rlimit_resource_t resource, int64_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return errno;
    rlim_t wanted = (rlim_t)value;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) wanted = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = wanted;
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

static int set_limits(const struct wt_sandbox *sandbox, int owns_users) {
    // A core of a worker may hold anything, and may lie anywhere.
    int code = set_limit(RLIMIT_CORE, 0);
    if (code == 0 && sandbox->file_size >= 0) code = set_limit(RLIMIT_FSIZE, sandbox->file_size);
    // Elsewhere the limit would count whatever else the user runs.
    if (code == 0 && sandbox->processes >= 0 && owns_users)
        code = set_limit(RLIMIT_NPROC, sandbox->processes);
    return code;
}

static int failure(enum wt_sandbox_part part, int code) {
    return code == 0 ? 0 : (int)part << 16 | code;
}

int wt_enter_sandbox(const struct wt_sandbox *sandbox) {
    int flags = (sandbox->mount_count > 0 ? CLONE_NEWNS : 0)
        | (sandbox->network != WT_NETWORK_ALL ? CLONE_NEWNET : 0);
    int owns_users = sandbox->owns_users && (flags != 0 || sandbox->processes >= 0);
    int code = failure(WT_PART_NAMESPACES, enter_namespaces(flags, owns_users));
    if (code == 0 && sandbox->network == WT_NETWORK_LOOPBACK)
        code = failure(WT_PART_NETWORK, raise_loopback());
    if (code == 0 && sandbox->mount_count > 0)
        code = failure(WT_PART_MOUNTS, change_mounts(sandbox->mounts, sandbox->mount_count));
    if (code == 0) code = failure(WT_PART_LIMITS, set_limits(sandbox, owns_users));
    if (code != 0) return code;
    drop_capabilities();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure(WT_PART_LANDLOCK, errno);
    return sandbox->landlock > 0 ? failure(WT_PART_LANDLOCK, wt_restrict_files(sandbox)) : 0;
}

/* What this system can do. */

/* Runs the trial in a process of its own; its result, at most 255, is an errno. */
static int try(int (*trial)(int), int argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) _exit(trial(argument) & 0xff);
    int code = pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) return code;
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static int try_users(int unused) {
    (void)unused;
    return enter_namespaces(CLONE_NEWIPC, 1);
}

static int try_mounts(int owns_users) {
    int code = enter_namespaces(CLONE_NEWNS, owns_users);
    if (code != 0) return code;
    struct wt_mount mounts[] = {{WT_FREEZE, "/proc"}, {WT_COVER, "/proc"}, {WT_KEEP, "/dev/null"}};
    return change_mounts(mounts, 3);
}

static int try_network(int owns_users) {
    int code = enter_namespaces(CLONE_NEWNET, owns_users);
    return code != 0 ? code : raise_loopback();
}

void wt_probe_sandbox(struct wt_sandbox_support *support) {
    long version = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1U);
    *support = (struct wt_sandbox_support){.landlock = version > 0 ? (int32_t)version : 0};
    support->users = try(try_users, 0);
    support->mounts = try(try_mounts, 0);
    if (support->mounts != 0) {
        support->owns_users = 1;
        support->mounts = try(try_mounts, 1);
    }
    support->network = try(try_network, support->owns_users);
}
