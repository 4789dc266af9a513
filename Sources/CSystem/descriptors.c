#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

struct closing {
    const int *kept;
    int count;
    int self;
};

static int close_unless_kept(int64_t number, void *state) {
    const struct closing *closing = state;
    if (number < 3 || number == closing->self) return 0;
    for (int i = 0; i < closing->count; i++)
        if (closing->kept[i] == number) return 0;
    close((int)number);
    return 0;
}

/* For kernels before 5.9. Closing while listing may skip entries, so it looks twice. */
static void close_listed(const int *kept, int count) {
    for (int round = 0; round < 2; round++) {
        int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) return;
        struct closing closing = {.kept = kept, .count = count, .self = folder};
        wt_numbered_entries(folder, close_unless_kept, &closing);
        close(folder);
    }
}

void wt_close_others(int *kept, int count) {
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && kept[j - 1] > kept[j]; j--) {
            int other = kept[j];
            kept[j] = kept[j - 1];
            kept[j - 1] = other;
        }
    unsigned int from = 3;
    for (int i = 0; i <= count; i++) {
        if (i < count && kept[i] < 3) continue;
        unsigned int to = i < count ? (unsigned int)kept[i] - 1 : ~0U;
        if (from <= to && syscall(SYS_close_range, from, to, 0) != 0) {
            close_listed(kept, count);
            return;
        }
        if (i < count) from = (unsigned int)kept[i] + 1;
    }
}

int wt_write_text(int folder, const char *name, const char *text) {
    int file = openat(folder, name, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    int code = write(file, text, strlen(text)) < 0 ? errno : 0;
    close(file);
    return code;
}

int wt_cgroup_join(int folder) { return wt_write_text(folder, "cgroup.procs", "0"); }

void wt_cgroup_kill(int folder) { wt_write_text(folder, "cgroup.kill", "1"); }

int wt_cgroup_is_populated(int folder) {
    int file = openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[256];
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    return strstr(text, "populated 1") != NULL;
}
