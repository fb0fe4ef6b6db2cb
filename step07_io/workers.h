/* workers.h - processes that share a listening socket, each with a scheduler of its own: the
 * tutorial's last word. */
#ifndef WORKERS_H
#define WORKERS_H

#include "support/service.h"

enum { WORKERS_MAX = 64 };

/* Serves by SERVE in N processes, one for each core if N is 0, and replaces one that is killed,
 * until WHAT says that it shall stop and all have answered what they were answering. (A worker that
 * is told to end tells all: they share the pipe.) With one, it serves in this process. Ends the
 * program if there can be no such process, or if one fails. */
void serve_in_workers(const struct service *what, serve_function *serve, int n);

/* The demo. */
void show_workers(void);

#endif
