/* sched.h - the scheduler: who runs, who is ready, who waits for whom. What the kernel is to
 * processes. The tutorial's first part. */
#ifndef SCHED_H
#define SCHED_H

#include <stdbool.h>
#include <stddef.h>

#include "task.h"

struct sched {
    struct link ready;    /* the ready queue, first in, first out */
    struct link all;      /* all tasks, in the order of their numbers */
    struct task *running; /* or NULL */
    struct task **map;    /* from numbers to tasks: lists, by a hash of the number */
    size_t map_size;      /* a power of 2 */
    size_t n_tasks;
    size_t n_parked; /* so many of them wait for a descriptor or a time */
    long last_tid;

    /* Are told, unless they are NULL: when TASK is about to run, when it has ended, and when it has
     * failed with ERROR, just before it ends. */
    void (*on_switch)(const struct sched *sched, const struct task *task);
    void (*on_end)(const struct task *task);
    void (*on_failure)(const struct task *task, struct value error);
};

/* Sets SCHED up, without a task. Ends the program without memory. */
void sched_open(struct sched *sched);

/* Ends all tasks, in the order of their numbers, and gives back the memory. */
void sched_close(struct sched *sched);

/* Makes a task of TARGET and puts it at the tail of the ready queue. Returns its number; or 0
 * without memory, and then TARGET is freed (NULL is what gen_new() gives without memory). */
long sched_new(struct sched *sched, struct gen *target);

/* The task with this number, or NULL. */
struct task *sched_find(const struct sched *sched, long tid);

/* The task that follows TASK in the order of their numbers; NULL: the first one, and after the
 * last. */
struct task *sched_next(const struct sched *sched, const struct task *task);

/* Puts TASK, which runs or is new, at the tail of the ready queue, to be sent SENDVAL, which owns
 * nothing. */
void sched_schedule(struct sched *sched, struct task *task, struct value sendval);

/* Lets TASK, which runs, wait until WANTED ends. */
void sched_wait(struct sched *sched, struct task *task, struct task *wanted);

/* Parks TASK, which runs, until a descriptor is ready or a time has come. *SLOT (NULL: nothing),
 * the place in which the descriptor's entry keeps it, is cleared when the wait ends, however it
 * ends. */
void sched_park(struct sched *sched, struct task *task, struct task **slot);

/* Wakes TASK, which waits: it is ready, and will be sent SENDVAL. */
void sched_wake(struct sched *sched, struct task *task, struct value sendval);

/* Ends TASK wherever it is: takes it out of every queue, closes its generator, so that its cleanup
 * runs, and then wakes all who wait for it with RESULT, of which a text must be static; what RESULT
 * owns is given back. */
void sched_exit(struct sched *sched, struct task *task, struct value result);

/* Runs the tasks in turn until all have ended. Returns false if none could run any more, while some
 * were left: then it has said who waits for whom, and ended them. */
bool sched_main_loop(struct sched *sched);

#endif
