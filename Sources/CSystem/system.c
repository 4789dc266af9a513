#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

int wt_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int wt_above_standard(int descriptor) {
    if (descriptor < 0 || descriptor > 2) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    int code = errno;
    close(descriptor);
    errno = code;
    return moved;
}

int wt_memory_file(const void *bytes, int64_t count, int *descriptor) {
    int file = wt_above_standard(memfd_create("input", MFD_CLOEXEC));
    if (file < 0) return errno;
    int64_t done = 0;
    while (done < count) {
        ssize_t written = write(file, (const char *)bytes + done, (size_t)(count - done));
        if (written < 0) {
            if (errno == EINTR) continue;
            int code = errno;
            close(file);
            return code;
        }
        done += written;
    }
    lseek(file, 0, SEEK_SET);
    *descriptor = file;
    return 0;
}

char *const *wt_environment(void) { return environ; }

static void *thread_main(void *body) {
    ((void (*)(void))body)();
    return NULL;
}

int wt_thread(void (*body)(void)) {
    sigset_t all, before;
    sigfillset(&all);
    // The new thread inherits the mask: signals stay with the threads that expect them.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int code = pthread_create(&thread, NULL, thread_main, (void *)body);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0) pthread_detach(thread);
    return code;
}

int wt_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int wt_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

int wt_epoll_remove(int epoll, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused) == 0 ? 0 : errno;
}

int wt_epoll_wait(int epoll, uint64_t *tokens, int capacity) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, -1);
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count < 0 ? 0 : count;
}

int wt_timer(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }

int wt_timer_set(int timer, int64_t milliseconds) {
    // A value of zero would unset the timer.
    struct itimerspec when = {.it_value = {.tv_nsec = 1}};
    if (milliseconds > 0) {
        when.it_value.tv_sec = milliseconds / 1000;
        when.it_value.tv_nsec = milliseconds % 1000 * 1000000;
    }
    return timerfd_settime(timer, 0, &when, NULL) == 0 ? 0 : errno;
}
