#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

char *wt_decimal(char *out, int64_t number) {
    char digits[24];
    int count = 0;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    if (number < 0) *out++ = '-';
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    while (count > 0) *out++ = digits[--count];
    *out = 0;
    return out;
}

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

int wt_numbered_entries(int folder, int (*visit)(int64_t number, void *state), void *state) {
    char buffer[8192] __attribute__((aligned(8)));
    for (;;) {
        long count = syscall(SYS_getdents64, folder, buffer, sizeof buffer);
        if (count < 0) return errno;
        if (count == 0) return 0;
        for (long at = 0; at < count;) {
            struct directory_entry *entry = (struct directory_entry *)(buffer + at);
            at += entry->length;
            int64_t number = 0;
            const char *c = entry->name;
            while (*c >= '0' && *c <= '9' && number < 1000000000000) number = number * 10 + *c++ - '0';
            if (*c != 0 || c == entry->name) continue;
            if (visit(number, state)) return 0;
        }
    }
}

/* Writes "/proc/PID" and the rest. */
static char *process_path(char *out, int32_t pid, const char *rest) {
    char *end = wt_decimal(stpcpy(out, "/proc/"), pid);
    stpcpy(end, rest);
    return out;
}

int wt_process_read(int32_t pid, struct wt_process *process) {
    char text[1024];
    int file = open(process_path(text, pid, "/stat"), O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    ssize_t count = read(file, text, sizeof text - 1);
    int code = errno;
    close(file);
    if (count < 0) return code;
    text[count] = 0;
    // The name in parentheses may hold anything; what follows the last one is well formed.
    char *at = strrchr(text, ')');
    if (at == NULL || at[1] != ' ') return EBADMSG;
    process->pid = pid;
    process->state = at[2];
    at += 3;
    uint64_t fields[20] = {0};  // fields[n] is field n + 4 of proc_pid_stat(5)
    for (int i = 0; i < 19; i++) {
        while (*at == ' ' || *at == '-') at++;
        if (*at < '0' || *at > '9') return EBADMSG;
        while (*at >= '0' && *at <= '9') fields[i] = fields[i] * 10 + (uint64_t)(*at++ - '0');
    }
    process->parent = (int32_t)fields[0];
    process->group = (int32_t)fields[1];
    process->start = fields[18];
    return 0;
}

struct family {
    int32_t *pids;
    int count, capacity;
    int32_t root;
    /* Process whose threads are being visited. */
    int32_t current;
    int is_unsupported;
};

static int is_known(const struct family *family, int32_t pid) {
    if (pid == family->root) return 1;
    for (int i = 0; i < family->count; i++)
        if (family->pids[i] == pid) return 1;
    return 0;
}

static void add(struct family *family, int32_t pid) {
    if (family->count < family->capacity && !is_known(family, pid))
        family->pids[family->count++] = pid;
}

static int visit_thread(int64_t thread, void *state) {
    struct family *family = state;
    char path[96];
    process_path(path, family->current, "/task/");
    stpcpy(wt_decimal(path + strlen(path), thread), "/children");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        if (errno == ENOENT && family->current == family->root) family->is_unsupported = 1;
        return 0;
    }
    char buffer[4096];
    ssize_t count;
    int32_t pid = 0;
    while ((count = read(file, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid > 0) {
                add(family, pid);
                pid = 0;
            }
        }
    }
    close(file);
    return 0;
}

static int visit_process(int64_t pid, void *state) {
    struct family *family = state;
    struct wt_process process;
    if (wt_process_read((int32_t)pid, &process) == 0 && is_known(family, process.parent))
        add(family, process.pid);
    return 0;
}

static void scan(struct family *family) {
    int before;
    do {
        before = family->count;
        int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) return;
        wt_numbered_entries(folder, visit_process, family);
        close(folder);
    } while (family->count > before);
}

int wt_descendants(int32_t pid, int32_t *pids, int capacity, int scanning) {
    struct family family = {.pids = pids, .capacity = capacity, .root = pid};
    for (int i = -1; !scanning && !family.is_unsupported && i < family.count; i++) {
        char path[64];
        family.current = i < 0 ? pid : pids[i];
        int folder = open(
            process_path(path, family.current, "/task"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) continue;
        wt_numbered_entries(folder, visit_thread, &family);
        close(folder);
    }
    if (scanning || family.is_unsupported) scan(&family);
    return family.count;
}

int wt_process_open(int32_t pid, uint64_t start, int *pidfd) {
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    if (descriptor < 0) return errno;
    struct wt_process process;
    int code = wt_process_read(pid, &process);
    if (code == 0 && process.start == start) {
        *pidfd = descriptor;
        return 0;
    }
    close(descriptor);
    return code == 0 || code == ENOENT ? ESRCH : code;
}

int wt_process_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : errno;
}

int wt_reap(int pidfd, int *exited, int *number) {
    siginfo_t information = {0};
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &information, WEXITED | WNOHANG) != 0)
        if (errno != EINTR) return errno;
    if (information.si_pid == 0) return EAGAIN;
    *exited = information.si_code == CLD_EXITED;
    *number = information.si_status;
    return 0;
}

void wt_keep_endings(void) {
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) != 0) return;
    if (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT)) return;
    action.sa_handler = SIG_DFL;
    action.sa_flags = 0;
    sigaction(SIGCHLD, &action, NULL);
}
