#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The second half of a supervisor's life: ending all that came from the worker, and saying so. */

enum { descendant_capacity = 4096, settle_milliseconds = 100 };

static int32_t descendants[descendant_capacity];

static const struct wt_step after_normal_end[] = {
    // Processes that are only finishing, such as a tee with its last lines, are no leftovers.
    {0, settle_milliseconds},
    {SIGTERM, 1000},
};

int64_t wt_milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t wt_now(void) { return wt_milliseconds(CLOCK_MONOTONIC); }

/* Signals all that came from the worker, each process once; returns how many were alive. */
static int signal_all(const struct supervisor *s, int signal) {
    // Only an unreaped worker keeps its group's number from being used again.
    int has_group = !s->worker_is_reaped && kill(-s->worker, signal) == 0;
    if (signal == SIGKILL && s->cgroup >= 0) wt_cgroup_kill(s->cgroup);
    int count = wt_descendants(getpid(), descendants, descendant_capacity, 0);
    int alive = 0;
    for (int i = 0; i < count; i++) {
        struct wt_process process;
        int descriptor;
        if (wt_process_read(descendants[i], &process) != 0 || strchr("ZX", process.state)) continue;
        alive++;
        if (wt_process_open(process.pid, process.start, &descriptor) != 0) continue;
        // A second INT makes many programs drop what they were saving.
        if (!(has_group && process.group == s->worker)) wt_process_signal(descriptor, signal);
        // A stopped process takes a signal only when it goes on.
        if (process.state == 'T') wt_process_signal(descriptor, SIGCONT);
        close(descriptor);
    }
    return alive;
}

void wt_take_next_step(struct supervisor *s) {
    int is_listed = ++s->step < s->step_count;
    int signal = is_listed ? s->steps[s->step].signal : SIGKILL;
    int64_t grace = is_listed ? s->steps[s->step].grace_milliseconds : 0;
    if (signal == SIGKILL) {
        // Again and again: what is forking may have been missed.
        s->step = s->step_count;
        grace = 20;
    }
    s->deadline = wt_now() + grace;
    if (signal == 0) return;
    int alive = signal_all(s, signal);
    if (s->worker_is_reaped && alive > s->ending.leftovers) s->ending.leftovers = alive;
}

void wt_begin_ending(struct supervisor *s, int reason) {
    if (s->reason != 0) return;
    s->reason = reason;
    s->steps = reason == WT_EXITED ? after_normal_end : s->order->steps;
    s->step_count = reason == WT_EXITED ? 2 : s->order->step_count;
    s->step = -1;
    s->deadline = wt_now();
    if (s->has_children) wt_take_next_step(s);
}

void wt_reap_children(struct supervisor *s) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid < 0 && errno == EINTR) continue;
        s->has_children = pid == 0;
        if (pid <= 0) return;
        if (pid == s->worker && !s->worker_is_reaped) {
            s->worker_is_reaped = 1;
            s->worker_status = status;
            s->ending.ended = wt_milliseconds(CLOCK_REALTIME);
        }
    }
}

int wt_is_over(struct supervisor *s) {
    if (s->has_children) return 0;
    if (s->cgroup < 0 || !wt_cgroup_is_populated(s->cgroup)) return 1;
    // Only a process that somebody else put there can be left, and one without cgroup.kill
    // (before Linux 5.14) for ever.
    if (s->children_gone == 0) s->children_gone = wt_now();
    return wt_now() - s->children_gone > 5000;
}

void wt_conclude(struct supervisor *s) {
    s->ending.kind = s->reason;
    if (s->start_error != 0) {
        s->ending.kind = WT_COULD_NOT_START;
        s->ending.number = s->start_error;
        s->ending.leftovers = 0;
    } else if (s->reason == WT_EXITED && WIFEXITED(s->worker_status)) {
        s->ending.number = WEXITSTATUS(s->worker_status);
    } else if (s->reason == WT_EXITED) {
        s->ending.kind = WT_SIGNALED;
        s->ending.number = WTERMSIG(s->worker_status);
    }
    s->ending.dropped = s->log.dropped;
    if (s->ending.ended == 0) s->ending.ended = wt_milliseconds(CLOCK_REALTIME);
}

static char *put(char *out, const char *name, int64_t number) {
    out = stpcpy(stpcpy(out, name), " ");
    return stpcpy(wt_decimal(out, number), "\n");
}

void wt_write_status(const struct supervisor *s) {
    static const char *const kinds[] = {
        "", "exited", "signaled", "timedOut", "stopped", "couldNotStart", "orphaned"};
    char text[512];
    char *end = put(stpcpy(text, kinds[s->ending.kind]), "", s->ending.number);
    end = put(end, "dropped", s->ending.dropped);
    end = put(end, "leftovers", s->ending.leftovers);
    end = put(end, "started", s->ending.started);
    end = put(end, "ended", s->ending.ended);
    size_t count = (size_t)(end - text);
    // The draft's block was allocated at the start, so a full disk does not lose the ending.
    if (pwrite(s->draft, text, count, 0) != (ssize_t)count) return;
    if (ftruncate(s->draft, (off_t)count) != 0) return;
    fsync(s->draft);
    rename(s->order->status_draft, s->order->status);
}
