#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>

/* Linux calls that Swift's Glibc module hides behind _GNU_SOURCE, and the supervisor of a worker.
   Unless said otherwise a call returns 0 or the errno. */

/* A pipe whose ends are closed on exec: ends[0] to read, ends[1] to write. Result as pipe(2). */
int wt_pipe(int ends[2]);

/* A file in memory that holds the bytes and stands at its start: what a program reads as its
   standard input. Never a descriptor below 3. */
int wt_memory_file(const void *bytes, int64_t count, int *descriptor);

/* O_PATH, which is hidden as well. */
enum wt_open_flag { WT_PATH_ONLY = 010000000 };

/* Opens a path that must not leave `folder`, by `..`, links or /proc's magic ones: EXDEV or ELOOP
   otherwise. Without `following` no link is allowed at all. Result as openat(2). */
int wt_open_beneath(int folder, const char *path, int flags, unsigned mode, int following);

/* The environment of this process. */
char *const *wt_environment(void);

/* Threads and waiting. */

/* Starts a detached thread that receives no signals. */
int wt_thread(void (*body)(void));

/* An epoll instance, or -1. */
int wt_epoll(void);
/* Watches for readable (level triggered); `token` comes back from wt_epoll_wait. */
int wt_epoll_add(int epoll, int descriptor, uint64_t token);
int wt_epoll_remove(int epoll, int descriptor);
/* Waits without a limit; returns how many tokens were written, 0 after a signal. */
int wt_epoll_wait(int epoll, uint64_t *tokens, int capacity);

/* A timer descriptor that is not set, or -1. */
int wt_timer(void);
/* Becomes readable once after so many milliseconds; 0 fires at once. */
int wt_timer_set(int timer, int64_t milliseconds);

/* Processes. */

struct wt_process {
    int32_t pid, parent, group;
    /* The letter of /proc/PID/stat: R, S, D, T, Z, X … */
    char state;
    /* Clock ticks after boot. */
    uint64_t start;
};

int wt_process_read(int32_t pid, struct wt_process *process);

/* PIDs of all living and dead (not yet reaped) descendants, nearest first; returns how many.
   One look is not atomic: who must not miss any looks again. `scanning` reads all of /proc instead
   of the kernel's lists of children, which not every kernel keeps. */
int wt_descendants(int32_t pid, int32_t *pids, int capacity, int scanning);

/* A descriptor of the process with that PID and start, so that a recycled PID is never meant. */
int wt_process_open(int32_t pid, uint64_t start, int *pidfd);
/* A signal of 0 only asks whether the process is there. */
int wt_process_signal(int pidfd, int signal);

/* How a child ended: by exit (1) or signal (0), and the status or signal. Does not block: EAGAIN
   while it runs. */
int wt_reap(int pidfd, int *exited, int *number);
/* Undoes an ignored SIGCHLD that a parent left us: the kernel would throw endings away. */
void wt_keep_endings(void);

/* Programs. */

struct wt_program {
    /* Paths to try in turn, as a search along PATH does; NULL at the end of each list. */
    char *const *paths;
    char *const *arguments;
    char *const *environment;
    const char *folder;
    /* Standard input, or -1 for /dev/null. */
    int input;
    /* Where a supervised program's standard output goes, or -1 for the log, where its errors go. */
    int output;
};

/* Starts a program in a session of its own, with default signals and nothing open beyond standard
   input, output and error. */
int wt_spawn(const struct wt_program *program, int output, int errors, int32_t *pid, int *pidfd);

/* What keeps a worker where it belongs. */

enum wt_network { WT_NETWORK_ALL = 0, WT_NETWORK_LOOPBACK, WT_NETWORK_NONE };

enum wt_mount_kind {
    /* Shows nothing in the place of a folder or file. A missing path needs no cover. */
    WT_COVER = 1,
    /* Makes the place and all below it read-only, modes and times of files included. */
    WT_FREEZE,
    /* Shows what was there before any of these, as it was; for places below the other kinds. */
    WT_KEEP,
};

struct wt_mount {
    int32_t kind;
    const char *path;
};

struct wt_sandbox {
    /* The Landlock ABI whose rights are to be held back; 0 uses no Landlock. */
    int32_t landlock;
    /* Places that may be written to; those that are missing are passed over. NULL at the end. */
    char *const *writable;
    /* Places whose files may be read; NULL for everything. */
    char *const *readable;
    /* Whether namespaces need a user namespace around them. */
    int32_t owns_users;
    int32_t network;
    /* In their order, in a mount namespace of the worker's own; none needs no namespace. */
    const struct wt_mount *mounts;
    int32_t mount_count;
    /* Bounds; -1 for none. That on processes counts only in a user namespace, where no others are. */
    int64_t processes, file_size;
};

/* Where the making of a sandbox failed: in the upper half of a code whose lower half is the errno. */
enum wt_sandbox_part {
    WT_PART_LIMITS = 1,
    WT_PART_NAMESPACES,
    WT_PART_NETWORK,
    WT_PART_MOUNTS,
    WT_PART_LANDLOCK,
};

/* Puts the calling process, which has one thread, and all it becomes into the sandbox. */
int wt_enter_sandbox(const struct wt_sandbox *sandbox);

struct wt_sandbox_support {
    /* Landlock's ABI; 0 when the kernel has none or it is switched off. */
    int32_t landlock;
    /* Whether namespaces need a user namespace around them: true for ordinary users. */
    int32_t owns_users;
    /* 0 where a namespace can be used, else the errno. */
    int32_t users, mounts, network;
};

/* Tries each in a process of its own. */
void wt_probe_sandbox(struct wt_sandbox_support *support);

/* The supervisor of a worker. */

/* A bound that a cgroup sets: a text for a file of a folder. */
struct wt_limit {
    const char *folder, *file, *value;
};

struct wt_step {
    /* 0 signals nobody: a time in which processes may end by themselves. */
    int32_t signal;
    int32_t grace_milliseconds;
};

enum wt_kind {
    WT_EXITED = 1,
    WT_SIGNALED,
    WT_TIMED_OUT,
    WT_STOPPED,
    WT_COULD_NOT_START,
    WT_ORPHANED,
};

struct wt_ending {
    int32_t kind;
    /* Exit status, signal or errno; 0 for the other kinds. */
    int32_t number;
    int32_t leftovers;
    int64_t dropped;
    /* Milliseconds after 1970. */
    int64_t started, ended;
};

struct wt_message {
    /* 1: the worker runs or could not be started, `pid` and `start` are valid; 2: it ended, and
       `ending` is valid too. */
    int32_t what;
    int32_t pid;
    uint64_t start;
    /* Whether the cgroup could be made. */
    int32_t has_cgroup;
    struct wt_ending ending;
};

struct wt_supervision {
    struct wt_program program;
    /* The log, its earlier part, and how many bytes both may hold together. */
    const char *log, *earlier_log;
    int64_t log_limit;
    /* The status file and the name under which it is written first. */
    const char *status, *status_draft;
    /* A cgroup v2 folder to make for the worker alone, or NULL. */
    const char *cgroup;
    /* Written into cgroups, which are made where they are not there, before the worker joins them. */
    const struct wt_limit *limits;
    int32_t limit_count;
    /* NULL: the worker may do what its user may. */
    const struct wt_sandbox *sandbox;
    /* -1: none. */
    int64_t timeout_milliseconds;
    const struct wt_step *steps;
    int32_t step_count;
};

struct wt_supervisor {
    int32_t pid;
    uint64_t start;
    int pidfd;
    /* Sequenced packets. Carries wt_message to us; a byte from us means stop, and its end that we
       are gone. */
    int channel;
    /* What was refused when the result is not 0: a path, or NULL. */
    const char *refused;
};

/* Forks the supervisor. The status draft exists when this returns 0. */
int wt_supervise(const struct wt_supervision *supervision, struct wt_supervisor *supervisor);
/* Asks for the teardown; harmless when the supervisor has ended. */
void wt_supervisor_stop(int channel);
/* Takes the next message without blocking: 1 taken, 0 none yet, -1 no more will come. */
int wt_supervisor_receive(int channel, struct wt_message *message);

#endif
