#ifndef CSYSTEM_SUPERVISOR_H
#define CSYSTEM_SUPERVISOR_H

#include "internal.h"

#include <time.h>

enum { WT_LIMIT_CAPACITY = 4 };

/* What a supervisor knows; its parts are in supervisor.c (events) and ending.c (teardown, report). */

struct supervisor {
    const struct wt_supervision *order;
    struct wt_log log;
    /* Descriptors; -1 when closed. */
    int draft, cgroup, channel, signals, output, starting;
    /* Folders of cgroups with limits, as in the order; -1 where it could not be made. */
    int limits[WT_LIMIT_CAPACITY];
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

/* Milliseconds of a clock. */
int64_t wt_milliseconds(clockid_t clock);
/* Milliseconds of the clock that deadlines are on. */
int64_t wt_now(void);

/* Begins the teardown for a reason (a wt_kind), unless it has begun. */
void wt_begin_ending(struct supervisor *s, int reason);
/* When a step's grace is over. */
void wt_take_next_step(struct supervisor *s);
/* Takes the endings of all children that have ended. */
void wt_reap_children(struct supervisor *s);
/* Whether nothing is left that came from the worker. */
int wt_is_over(struct supervisor *s);
/* Decides on the kind of the ending. */
void wt_conclude(struct supervisor *s);
/* Puts the status file in its place. */
void wt_write_status(const struct supervisor *s);

#endif
