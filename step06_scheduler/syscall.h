/* syscall.h - system calls: what a task yields to ask the scheduler for something. The yield is the
 * trap; when the call is handled, the scheduler decides what becomes of the caller. The tutorial's
 * first part.
 *
 * Each function here makes a call, of which nothing happens until it is awaited:
 *
 *     AWAIT(GOT_TID, f->tid, GetTid());
 *
 * Without memory it makes an error instead, NO_MEMORY, which is raised there. */
#ifndef SYSCALL_H
#define SYSCALL_H

#include <stdbool.h>
#include <stddef.h>

#include "sched.h"

/* The base of all system calls. One that needs more than an argument has this as its first member,
 * and it may be written in any file: with syscall_new(), and with sched_schedule() for its caller.
 */
struct syscall {
    void (*handle)(struct syscall *call); /* does it, and sees to what becomes of the caller */
    struct task *task;                    /* who has called; set when it is handled, */
    struct sched *sched;                  /* and so is this, the scheduler that handles it */
    struct value arg;
    bool is_static; /* one for all calls, which have no argument: it is not freed */
};

/* Makes a call of SIZE bytes, which behind its struct syscall are not set, with ARG, which is the
 * call's own until it is handled; without memory it is given back here. */
MUST_USE struct value syscall_new(size_t size, void (*handle)(struct syscall *call),
                                  struct value arg);

/* Lets SCHED handle CALL, which TASK has yielded, and frees it. */
void syscall_handle(struct syscall *call, struct sched *sched, struct task *task);

/* Frees CALL with what its argument owns. */
void syscall_free(struct syscall *call);

/* Gives the number of the caller. */
MUST_USE struct value GetTid(void);

/* Lets the others go first, as a bare yield does: for where a system call is wanted. */
MUST_USE struct value Yield(void);

/* Makes a task of the generator TARGET and gives its number. The new task is put at the tail of the
 * ready queue, and its maker behind it. */
MUST_USE struct value New(struct gen *target);

/* Ends the task TID, which may be the caller: closes its generator, so that its cleanup runs, takes
 * it out of every queue, and wakes those who wait for it; then its killer is ready again. Gives
 * none, or the error NO_SUCH_TASK. */
MUST_USE struct value Kill(long tid);

/* Lets the caller wait until the task TID has ended, and gives its result: what it returned, or
 * what it gave to Exit() (of which a text must be static); what it raised is raised; none if it was
 * killed. At once: NO_SUCH_TASK if there is no such task, or not any more, and VALUE_ERROR for the
 * caller itself. */
MUST_USE struct value Wait(long tid);

/* Ends the caller, at whatever depth, with RESULT; a text must be static. */
MUST_USE struct value Exit(struct value result);

/* What there is to know of a task. */
struct task_info {
    long tid;
    enum task_state state;
    long waits_for; /* a number; 0: none */
};

/* Fills INFOS with the first tasks, in the order of their numbers, MOST at most, and gives how many
 * they are. INFOS must be in the caller's frame, or static. */
MUST_USE struct value ListTasks(struct task_info *infos, long most);

#endif
