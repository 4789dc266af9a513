#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void wt_default_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    // Refused for KILL, STOP and the two that the C library keeps: they need nothing.
    for (int signal = 1; signal <= 64; signal++) sigaction(signal, &action, NULL);
}

/* Whether a search along PATH goes on after this errno. */
static int goes_on(int code) { return code == ENOENT || code == ENOTDIR || code == EACCES; }

int wt_execute(const struct wt_program *program) {
    int result = ENOENT;
    for (char *const *path = program->paths; *path != NULL; path++) {
        execve(*path, program->arguments, program->environment);
        if (!goes_on(errno)) return errno;
        // "Not allowed" says more than "not found in the folder after it".
        if (errno == EACCES) result = EACCES;
    }
    return result;
}

static int spawn_with(
    const struct wt_program *program, posix_spawn_file_actions_t *actions,
    posix_spawnattr_t *attributes, int32_t *pid) {
    int result = ENOENT;
    for (char *const *path = program->paths; *path != NULL; path++) {
        pid_t child;
        int code = posix_spawn(
            &child, *path, actions, attributes, program->arguments, program->environment);
        if (code == 0) {
            *pid = child;
            return 0;
        }
        if (!goes_on(code)) return code;
        if (code == EACCES) result = EACCES;
    }
    return result;
}

int wt_spawn(const struct wt_program *program, int output, int errors, int32_t *pid, int *pidfd) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (program->input >= 0)
        posix_spawn_file_actions_adddup2(&actions, program->input, 0);
    else
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawn_file_actions_addchdir_np(&actions, program->folder);
    int code = spawn_with(program, &actions, &attributes, pid);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) return code;
    *pidfd = (int)syscall(SYS_pidfd_open, *pid, 0);
    if (*pidfd >= 0) return 0;
    // Without a descriptor nobody would reap it.
    code = errno;
    kill(-*pid, SIGKILL);
    siginfo_t unused;
    while (waitid(P_PID, (id_t)*pid, &unused, WEXITED) != 0 && errno == EINTR) {}
    return code;
}
