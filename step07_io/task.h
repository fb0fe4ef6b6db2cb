/* task.h - a task: a generator with a number, which a scheduler runs. What a process is to an
 * operating system. The tutorial's first part. */
#ifndef TASK_H
#define TASK_H

#include "gen.h"
#include "timer.h"
#include "value.h"

/* A link of a ring. A queue is a ring whose first link is its own, and an empty one is alone. */
struct link {
    struct link *next, *prev;
};

enum task_state {
    TASK_NOWHERE, /* it is not in the scheduler yet, or not any more */
    TASK_READY,   /* in the ready queue, to be run when its turn comes */
    TASK_RUNNING, /* it runs, or its system call is being handled */
    TASK_WAITING  /* in the queue of those who wait for another task, or parked */
};

struct task {
    struct link link;       /* in the ready queue, or in a waiting one; it stands in one at most */
    struct link all;        /* among all tasks of the scheduler, in the order of their numbers */
    struct link waiters;    /* the queue of those who wait for this one to end */
    struct task *waits_for; /* TASK_WAITING: the task for which it waits; NULL: it is parked */
    struct task **slot;     /* where the entry of its descriptor keeps it; NULL: nowhere */
    struct task **owned;    /* the same, of the descriptor that it owns */
    struct timer deadline;  /* of its wait */
    struct task *next;      /* in the scheduler's map from numbers to tasks */
    long tid;               /* its number: counts from 1, and is never used again */
    struct gen *target;     /* the generator; it is the task's */
    struct value sendval;   /* what that is sent when the task runs next */
    enum task_state state;
    int lane; /* in which the story tells of it; 0: nowhere */
};

/* Makes a task of TARGET, which is its own then. Returns NULL without memory. */
MUST_USE struct task *task_new(long tid, struct gen *target);

/* Frees TASK, which stands in no queue, with its generator. */
void task_free(struct task *task);

/* Lets TASK run, to its next yield or to its end. Returns what comes out of its generator. */
static inline struct value task_run(struct task *task)
{
    return gen_send(task->target, task->sendval);
}

#endif
