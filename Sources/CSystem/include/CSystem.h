#ifndef CSYSTEM_H
#define CSYSTEM_H

/* Linux calls that Swift's Glibc module hides behind _GNU_SOURCE. Results are as the call's own. */

/* A pipe whose ends are closed on exec: ends[0] to read, ends[1] to write. */
int wt_pipe(int ends[2]);

#endif
