#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The process between treeguild and a worker. It outlives treeguild for as long as it takes to end
   the worker, and is the one to whom all that the worker leaves behind falls as children. It was
   forked from a process with threads: see internal.h for what that forbids. */

enum { descendant_capacity = 4096, chunk = 1 << 16, settle_milliseconds = 100 };

struct supervisor {
    const struct wt_supervision *order;
    struct wt_log log;
    /* Descriptors; -1 when closed. */
    int draft, cgroup, channel, signals, output, starting;
    int32_t worker;
    uint64_t worker_start;
    int worker_is_reaped, worker_status;
    /* errno of a worker that did not become its program. */
    int start_error;
    int is_started;
    int has_children;
    /* 0 while the worker runs and nothing has asked for its end, else the kind of the ending;
       WT_EXITED stands for an ending by itself. */
    int reason;
    const struct wt_step *steps;
    int step_count, step;
    int64_t deadline, children_gone;
    struct wt_ending ending;
};

static int32_t descendants[descendant_capacity];
static char buffer[chunk];

static const struct wt_step after_normal_end[] = {
    // Processes that are only finishing, such as a tee with its last lines, are no leftovers.
    {0, settle_milliseconds},
    {SIGTERM, 1000},
};

static int64_t milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int64_t now(void) { return milliseconds(CLOCK_MONOTONIC); }

/* Start. */

static _Noreturn void become_worker(
    const struct supervisor *s, pid_t supervisor, int output, int failure) {
    setsid();
    // A supervisor killed by force must not leave a worker that nobody watches.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(127);
    // Refused joining leaves the search for descendants, which needs no cgroup.
    if (s->cgroup >= 0) wt_cgroup_join(s->cgroup);
    const struct wt_program *program = &s->order->program;
    int code = 0;
    if ((program->input >= 0 && dup2(program->input, 0) < 0) || dup2(output, 1) < 0
        || dup2(output, 2) < 0 || chdir(program->folder) != 0)
        code = errno;
    if (code == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        // Restrictions of the worker that must not bind its supervisor belong here.
        code = wt_execute(program);
    }
    ssize_t unused = write(failure, &code, sizeof code);
    (void)unused;
    _exit(127);
}

static void tell(const struct supervisor *s, int what) {
    struct wt_message message = {
        .what = what, .pid = s->worker, .start = s->worker_start, .ending = s->ending};
    // Nobody may be there to hear it: the status file says it too.
    if (s->channel >= 0) send(s->channel, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int start_worker(struct supervisor *s) {
    int output[2], failure[2];
    if (wt_pipe(output) != 0) return errno;
    if (wt_pipe(failure) != 0) return errno;
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    fcntl(failure[0], F_SETFL, O_NONBLOCK);
    s->ending.started = milliseconds(CLOCK_REALTIME);
    pid_t self = getpid();
    pid_t worker = fork();
    if (worker < 0) return errno;
    if (worker == 0) become_worker(s, self, output[1], failure[1]);
    close(output[1]);
    close(failure[1]);
    s->output = output[0];
    s->starting = failure[0];
    s->worker = worker;
    s->has_children = 1;
    struct wt_process process;
    if (wt_process_read(worker, &process) == 0) s->worker_start = process.start;
    return 0;
}

/* Ending. */

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

static void take_next_step(struct supervisor *s) {
    int is_listed = ++s->step < s->step_count;
    int signal = is_listed ? s->steps[s->step].signal : SIGKILL;
    int64_t grace = is_listed ? s->steps[s->step].grace_milliseconds : 0;
    if (signal == SIGKILL) {
        // Again and again: what is forking may have been missed.
        is_listed = 0;
        s->step = s->step_count;
        grace = 20;
    }
    s->deadline = now() + grace;
    if (signal == 0) return;
    int alive = signal_all(s, signal);
    if (s->worker_is_reaped && alive > s->ending.leftovers) s->ending.leftovers = alive;
}

static void begin_ending(struct supervisor *s, int reason) {
    if (s->reason != 0) return;
    s->reason = reason;
    s->steps = reason == WT_EXITED ? after_normal_end : s->order->steps;
    s->step_count = reason == WT_EXITED ? 2 : s->order->step_count;
    s->step = -1;
    s->deadline = now();
    if (s->has_children) take_next_step(s);
}

static void reap(struct supervisor *s) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid < 0 && errno == EINTR) continue;
        s->has_children = pid == 0;
        if (pid <= 0) return;
        if (pid == s->worker && !s->worker_is_reaped) {
            s->worker_is_reaped = 1;
            s->worker_status = status;
            s->ending.ended = milliseconds(CLOCK_REALTIME);
        }
    }
}

/* Whether nothing is left that came from the worker. */
static int is_over(struct supervisor *s) {
    if (s->has_children) return 0;
    if (s->cgroup < 0 || !wt_cgroup_is_populated(s->cgroup)) return 1;
    // Only a process that somebody else put there can be left, and one without cgroup.kill
    // (before Linux 5.14) for ever.
    if (s->children_gone == 0) s->children_gone = now();
    return now() - s->children_gone > 5000;
}

/* Events. */

static void read_output(struct supervisor *s, int reads) {
    while (reads-- > 0 && s->output >= 0) {
        ssize_t count = read(s->output, buffer, sizeof buffer);
        if (count > 0) {
            wt_log_write(&s->log, buffer, (size_t)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            close(s->output);
            s->output = -1;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static void read_start(struct supervisor *s) {
    if (s->is_started) return;
    int code;
    ssize_t count = read(s->starting, &code, sizeof code);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count == sizeof code) s->start_error = code;
    close(s->starting);
    s->starting = -1;
    s->is_started = 1;
    tell(s, 1);
}

/* Returns whether somebody asked the supervisor itself to end. */
static int read_signals(struct supervisor *s) {
    struct signalfd_siginfo information;
    int is_asked = 0;
    while (read(s->signals, &information, sizeof information) == sizeof information)
        if (information.ssi_signo != SIGCHLD) is_asked = 1;
    return is_asked;
}

static void read_channel(struct supervisor *s) {
    char order;
    ssize_t count = recv(s->channel, &order, 1, MSG_DONTWAIT);
    if (count == 1) {
        begin_ending(s, WT_STOPPED);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(s->channel);
        s->channel = -1;
        begin_ending(s, WT_ORPHANED);
    }
}

static int wait_milliseconds(const struct supervisor *s) {
    if (s->reason == 0 && s->order->timeout_milliseconds < 0) return -1;
    int64_t rest = s->deadline - now();
    if (s->reason != 0 && !s->has_children && rest > 5) rest = 5;
    return rest < 0 ? 0 : rest > INT_MAX ? INT_MAX : (int)rest;
}

static void watch(struct supervisor *s) {
    if (s->order->timeout_milliseconds >= 0) s->deadline = now() + s->order->timeout_milliseconds;
    for (;;) {
        struct pollfd events[] = {
            {.fd = s->signals, .events = POLLIN},
            {.fd = s->channel, .events = POLLIN},
            {.fd = s->output, .events = POLLIN},
            {.fd = s->starting, .events = POLLIN},
        };
        poll(events, 4, wait_milliseconds(s));
        int is_asked = read_signals(s);
        // Endings come first: a worker that had ended by itself was not stopped.
        reap(s);
        read_start(s);
        if (s->worker_is_reaped) begin_ending(s, WT_EXITED);
        if (is_asked) begin_ending(s, WT_STOPPED);
        if (events[1].revents) read_channel(s);
        if (events[2].revents) read_output(s, 16);
        if (s->reason != 0 && is_over(s)) return;
        int is_limited = s->reason != 0 || s->order->timeout_milliseconds >= 0;
        if (is_limited && now() >= s->deadline) {
            if (s->reason == 0)
                begin_ending(s, WT_TIMED_OUT);
            else
                take_next_step(s);
        }
    }
}

/* Report. */

static void conclude(struct supervisor *s) {
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
    if (s->ending.ended == 0) s->ending.ended = milliseconds(CLOCK_REALTIME);
}

static char *put(char *out, const char *name, int64_t number) {
    out = stpcpy(stpcpy(out, name), " ");
    return stpcpy(wt_decimal(out, number), "\n");
}

static void write_status(const struct supervisor *s) {
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

_Noreturn void wt_supervisor_main(
    const struct wt_supervision *supervision, struct wt_log log, int draft, int cgroup,
    int channel) {
    static struct supervisor s;
    s = (struct supervisor){
        .order = supervision, .log = log, .draft = draft, .cgroup = cgroup, .channel = channel,
        .output = -1, .starting = -1};
    setsid();
    wt_default_signals();
    prctl(PR_SET_NAME, "treeguild-sup");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int kept[] = {log.descriptor, draft, cgroup, channel, supervision->program.input};
    wt_close_others(kept, 5);
    // A folder that the supervisor stood in could not be unmounted, and a pipe that it held
    // open would not end.
    if (chdir("/") != 0) _exit(1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        if (dup2(null, i) < 0) _exit(1);
    if (null > 2) close(null);
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGHUP);
    s.signals = signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
    s.start_error = s.signals < 0 ? errno : start_worker(&s);
    if (s.start_error == 0) {
        watch(&s);
        read_output(&s, 1 << 10);
    } else {
        s.reason = WT_COULD_NOT_START;
        tell(&s, 1);
    }
    if (cgroup >= 0) rmdir(supervision->cgroup);
    conclude(&s);
    write_status(&s);
    tell(&s, 2);
    _exit(0);
}
