#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The process between treeguild and a worker. It outlives treeguild for as long as it takes to end
   the worker, and is the one to whom all that the worker leaves behind falls as children. It was
   forked from a process with threads: see internal.h for what that forbids. */

enum { chunk = 1 << 16 };

static char buffer[chunk];

/* Start. */

/* Makes the cgroups that bound the worker. One that cannot be made bounds nothing: who gave the
   order asked before whether it can. */
static void open_limits(struct supervisor *s) {
    for (int i = 0; i < WT_LIMIT_CAPACITY; i++) s->limits[i] = -1;
    for (int i = 0; i < s->order->limit_count && i < WT_LIMIT_CAPACITY; i++) {
        const struct wt_limit *limit = &s->order->limits[i];
        mkdir(limit->folder, 0755);
        int folder = open(limit->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) continue;
        if (wt_write_text(folder, limit->file, limit->value) == 0) {
            s->limits[i] = folder;
        } else {
            close(folder);
        }
    }
}

static _Noreturn void become_worker(
    const struct supervisor *s, pid_t supervisor, int output, int failure) {
    setsid();
    // A supervisor killed by force must not leave a worker that nobody watches.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(127);
    // Refused joining leaves the search for descendants, which needs no cgroup.
    if (s->cgroup >= 0) wt_cgroup_join(s->cgroup);
    for (int i = 0; i < s->order->limit_count && i < WT_LIMIT_CAPACITY; i++)
        if (s->limits[i] >= 0) wt_cgroup_join(s->limits[i]);
    const struct wt_program *program = &s->order->program;
    // Before the change of folder, which is to lead into the worker's own view of the files.
    int code = s->order->sandbox == NULL ? 0 : wt_enter_sandbox(s->order->sandbox);
    if (code != 0) {
        // Told below.
    } else if ((program->input >= 0 && dup2(program->input, 0) < 0)
        || dup2(program->output >= 0 ? program->output : output, 1) < 0
        || dup2(output, 2) < 0 || chdir(program->folder) != 0)
        code = errno;
    if (code == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        // New credentials may have taken it back.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != supervisor) _exit(127);
        code = wt_execute(program);
    }
    ssize_t unused = write(failure, &code, sizeof code);
    (void)unused;
    _exit(127);
}

static void tell(const struct supervisor *s, int what) {
    struct wt_message message = {
        .what = what, .pid = s->worker, .start = s->worker_start, .ending = s->ending,
        .has_cgroup = s->cgroup >= 0};
    // Nobody may be there to hear it: the status file says it too.
    if (s->channel >= 0) send(s->channel, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int start_worker(struct supervisor *s) {
    int output[2], failure[2];
    if (wt_pipe(output) != 0) return errno;
    if (wt_pipe(failure) != 0) return errno;
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    fcntl(failure[0], F_SETFL, O_NONBLOCK);
    s->ending.started = wt_milliseconds(CLOCK_REALTIME);
    pid_t self = getpid();
    pid_t worker = fork();
    if (worker < 0) return errno;
    if (worker == 0) become_worker(s, self, output[1], failure[1]);
    close(output[1]);
    close(failure[1]);
    // Held here, they would keep the worker's pipes open after its end.
    const struct wt_program *program = &s->order->program;
    if (program->input >= 0) close(program->input);
    if (program->output >= 0) close(program->output);
    s->output = output[0];
    s->starting = failure[0];
    s->worker = worker;
    s->has_children = 1;
    struct wt_process process;
    if (wt_process_read(worker, &process) == 0) s->worker_start = process.start;
    return 0;
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
        wt_begin_ending(s, WT_STOPPED);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(s->channel);
        s->channel = -1;
        wt_begin_ending(s, WT_ORPHANED);
    }
}

static int wait_milliseconds(const struct supervisor *s) {
    if (s->reason == 0 && s->order->timeout_milliseconds < 0) return -1;
    int64_t rest = s->deadline - wt_now();
    if (s->reason != 0 && !s->has_children && rest > 5) rest = 5;
    return rest < 0 ? 0 : rest > INT_MAX ? INT_MAX : (int)rest;
}

static void watch(struct supervisor *s) {
    if (s->order->timeout_milliseconds >= 0) s->deadline = wt_now() + s->order->timeout_milliseconds;
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
        wt_reap_children(s);
        read_start(s);
        if (s->worker_is_reaped) wt_begin_ending(s, WT_EXITED);
        if (is_asked) wt_begin_ending(s, WT_STOPPED);
        if (events[1].revents) read_channel(s);
        if (events[2].revents) read_output(s, 16);
        if (s->reason != 0 && wt_is_over(s)) return;
        int is_limited = s->reason != 0 || s->order->timeout_milliseconds >= 0;
        if (is_limited && wt_now() >= s->deadline) {
            if (s->reason == 0)
                wt_begin_ending(s, WT_TIMED_OUT);
            else
                wt_take_next_step(s);
        }
    }
}

_Noreturn void wt_supervisor_main(
    const struct wt_supervision *supervision, struct wt_log log, int draft, int channel) {
    static struct supervisor s;
    s = (struct supervisor){
        .order = supervision, .log = log, .draft = draft, .cgroup = -1, .channel = channel,
        .output = -1, .starting = -1};
    setsid();
    wt_default_signals();
    prctl(PR_SET_NAME, "treeguild-sup");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const struct wt_program *program = &supervision->program;
    int kept[] = {log.descriptor, draft, channel, program->input, program->output};
    wt_close_others(kept, 5);
    // A folder that the supervisor stood in could not be unmounted, and a pipe that it held
    // open would not end.
    if (chdir("/") != 0) _exit(1);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        if (dup2(null, i) < 0) _exit(1);
    if (null > 2) close(null);
    // Made here, by whom it is removed: a folder made before the fork could be left for ever.
    if (supervision->cgroup != NULL && mkdir(supervision->cgroup, 0755) == 0)
        s.cgroup = open(supervision->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    open_limits(&s);
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
    for (int i = supervision->limit_count; i-- > 0;) rmdir(supervision->limits[i].folder);
    if (s.cgroup >= 0) rmdir(supervision->cgroup);
    wt_conclude(&s);
    wt_write_status(&s);
    tell(&s, 2);
    _exit(0);
}
