#ifndef CSYSTEM_INTERNAL_H
#define CSYSTEM_INTERNAL_H

#include "CSystem.h"

#include <stddef.h>

/* Everything here may run between fork and exec of a process that had several threads: only
   async-signal-safe calls, no malloc, no stdio. */

/* Writes the decimal digits and a NUL; returns where the NUL is. */
char *wt_decimal(char *out, int64_t number);

/* Calls `visit` with each number that names an entry of the folder, until it returns not 0. */
int wt_numbered_entries(int folder, int (*visit)(int64_t number, void *state), void *state);

/* Closes every descriptor from 3 on but those given (which may be -1). Reorders `kept`. */
void wt_close_others(int *kept, int count);

/* The same descriptor, or a new one in its place when it was below 3. */
int wt_above_standard(int descriptor);

/* All handlers as they are in a new program. The mask is left alone. */
void wt_default_signals(void);

/* Becomes the program; comes back only with the errno of what failed. */
int wt_execute(const struct wt_program *program);

struct wt_log {
    const char *path, *earlier;
    int64_t segment;
    int descriptor;
    int64_t current_size, earlier_size;
    int64_t dropped;
};

int wt_log_open(struct wt_log *log);
/* Never fails: what cannot be written is counted as dropped. */
void wt_log_write(struct wt_log *log, const char *bytes, size_t count);

/* Whether a process lives in the cgroup. */
int wt_cgroup_is_populated(int folder);
void wt_cgroup_kill(int folder);
/* Moves the calling process. */
int wt_cgroup_join(int folder);
/* Writes a text into a file of a folder. */
int wt_write_text(int folder, const char *name, const char *text);

/* Part of wt_enter_sandbox, with a plain errno as result. */
int wt_restrict_files(const struct wt_sandbox *sandbox);

/* Runs the supervisor in the forked process. */
_Noreturn void wt_supervisor_main(
    const struct wt_supervision *supervision, struct wt_log log, int draft, int channel);

#endif
