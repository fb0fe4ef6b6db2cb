/* workers.h - processes that share a listening socket, each with a scheduler of its own: the
 * tutorial's last word. */
#ifndef WORKERS_H
#define WORKERS_H

#include <sys/types.h>

#include "support/service.h"

enum { WORKERS_MAX = 64 };

/* Serves by SERVE in N processes, one for each core if N is 0, and replaces one that is killed,
 * until WHAT says that it shall stop and all have answered what they were answering. (A worker that
 * is told to end tells all: they share the pipe.) With one, it serves in this process. Ends the
 * program if there can be no such process, or if one fails. */
void serve_in_workers(const struct service *what, serve_function *serve, int n);

/* --- what it is made of, for whoever wants to look on */

/* Starts N workers, of which each serves by SERVE. */
void workers_start(const struct service *what, serve_function *serve, int n);

/* Waits until a worker has ended, and replaces it unless the program stops. */
void workers_tend_one(void);

/* Tends the workers until all have ended. */
void workers_tend(void);

/* In a worker: its slot. They count from 0. */
int workers_own_slot(void);

/* The process in SLOT; 0: there is none. */
pid_t workers_pid(int slot);

/* A descriptor that turns readable when the worker in SLOT ends; -1: there is none. */
int workers_pulse(int slot);

#endif
