#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Treeguild's side of the supervisor. */

struct opened {
    struct wt_log log;
    int draft, ours, theirs;
};

static void close_if_open(int descriptor) {
    if (descriptor >= 0) close(descriptor);
}

static int open_draft(const char *path) {
    char reserved[512];
    memset(reserved, '\n', sizeof reserved);
    int file = wt_above_standard(
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file < 0) return -1;
    // Held through every fork until the supervisor has ended: who finds it free knows that nobody
    // will write the status any more. A file system without locks is no reason not to start.
    flock(file, LOCK_EX | LOCK_NB);
    if (write(file, reserved, sizeof reserved) == sizeof reserved) return file;
    int code = errno;
    close(file);
    unlink(path);
    errno = code;
    return -1;
}

static int open_all(const struct wt_supervision *order, struct opened *o, const char **refused) {
    *refused = order->status_draft;
    o->draft = open_draft(order->status_draft);
    if (o->draft < 0) return errno;
    *refused = order->log;
    o->log = (struct wt_log){
        .path = order->log, .earlier = order->earlier_log, .descriptor = -1,
        .segment = order->log_limit / 2 > 0 ? order->log_limit / 2 : 1};
    if (wt_log_open(&o->log) != 0) return errno;
    *refused = NULL;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    o->ours = ends[0];
    o->theirs = wt_above_standard(ends[1]);
    return o->theirs < 0 ? errno : 0;
}

/* Forks without a signal handler of ours ever running in the child. */
static pid_t fork_supervisor(const struct wt_supervision *order, const struct opened *o) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) wt_supervisor_main(order, o->log, o->draft, o->theirs);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return pid;
}

int wt_supervise(const struct wt_supervision *order, struct wt_supervisor *supervisor) {
    struct opened o = {.log.descriptor = -1, .draft = -1, .ours = -1, .theirs = -1};
    int code = open_all(order, &o, &supervisor->refused);
    pid_t pid = -1;
    if (code == 0) {
        pid = fork_supervisor(order, &o);
        if (pid < 0) code = errno;
    }
    close_if_open(o.log.descriptor);
    close_if_open(o.draft);
    close_if_open(o.theirs);
    supervisor->pid = pid;
    supervisor->pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
    if (pid > 0 && supervisor->pidfd < 0) {
        // Killed, it takes its worker along; unreaped, its number is still its own.
        code = errno;
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    }
    if (code != 0) {
        close_if_open(o.ours);
        if (o.draft >= 0) unlink(order->status_draft);
        return code;
    }
    struct wt_process process;
    supervisor->start = wt_process_read(pid, &process) == 0 ? process.start : 0;
    supervisor->channel = o.ours;
    return 0;
}

void wt_supervisor_stop(int channel) {
    send(channel, "s", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int wt_supervisor_receive(int channel, struct wt_message *message) {
    for (;;) {
        ssize_t count = recv(channel, message, sizeof *message, MSG_DONTWAIT);
        if (count == sizeof *message) return 1;
        if (count < 0 && errno == EINTR) continue;
        return count < 0 && errno == EAGAIN ? 0 : -1;
    }
}
