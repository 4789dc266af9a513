#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int open_segment(const struct wt_log *log) {
    return wt_above_standard(open(
        log->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
}

int wt_log_open(struct wt_log *log) {
    unlink(log->earlier);
    log->descriptor = open_segment(log);
    return log->descriptor < 0 ? errno : 0;
}

/* Makes the current segment the earlier one, and the one before it go. */
static void rotate(struct wt_log *log) {
    if (rename(log->path, log->earlier) == 0) {
        log->dropped += log->earlier_size;
        log->earlier_size = log->current_size;
    } else {
        log->dropped += log->current_size;
    }
    log->current_size = 0;
    close(log->descriptor);
    log->descriptor = open_segment(log);
}

void wt_log_write(struct wt_log *log, const char *bytes, size_t count) {
    while (count > 0) {
        if (log->current_size >= log->segment) rotate(log);
        if (log->descriptor < 0) log->descriptor = open_segment(log);
        size_t room = (size_t)(log->segment - log->current_size);
        size_t part = count < room ? count : room;
        ssize_t written = write(log->descriptor, bytes, part);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            log->dropped += (int64_t)count;
            return;
        }
        log->current_size += written;
        bytes += written;
        count -= (size_t)written;
    }
}
