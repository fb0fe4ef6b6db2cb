/* sched.c - the scheduler. */
#define _POSIX_C_SOURCE 200809L

#include "sched.h"

#include <stdint.h>
#include <stdlib.h>

#include "support/story.h"
#include "syscall.h"

enum { MAP_SIZE_MIN = 64 };

/* --- queues */

static void append(struct link *queue, struct link *link)
{
    link->prev = queue->prev;
    link->next = queue;
    queue->prev->next = link;
    queue->prev = link;
}

static void take_out(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
}

/* The first task of QUEUE, whose links are the tasks' first members; NULL: it is empty. */
static struct task *first_of(const struct link *queue)
{
    return queue->next == queue ? NULL : (struct task *)queue->next;
}

/* --- the map from numbers to tasks: lists, over which a multiplication spreads the numbers,
 * whatever pattern the tasks that live have left of them */

static struct task **place_in_map(const struct sched *sched, long tid)
{
    uint64_t hash = ((uint64_t)tid * 0x9E3779B97F4A7C15u) >> 32;

    return &sched->map[hash & (sched->map_size - 1)];
}

static void put_into_map(struct sched *sched, struct task *task)
{
    struct task **place = place_in_map(sched, task->tid);

    task->next = *place;
    *place = task;
}

static void take_out_of_map(struct sched *sched, struct task *task)
{
    struct task **place = place_in_map(sched, task->tid);

    while (*place != NULL && *place != task)
        place = &(*place)->next;
    if (*place == NULL)
        die("scheduler: task %ld is not in the map", task->tid);
    *place = task->next;
}

/* The task whose member "all" LINK is. */
static struct task *task_at(struct link *link)
{
    return (struct task *)((char *)link - offsetof(struct task, all));
}

struct task *sched_next(const struct sched *sched, const struct task *task)
{
    struct link *next = task == NULL ? sched->all.next : task->all.next;

    return next == &sched->all ? NULL : task_at(next);
}

/* Doubles the map when its lists have two tasks each. Without memory they grow longer. */
static void grow_map(struct sched *sched)
{
    struct task **map;

    if (sched->n_tasks < 2 * sched->map_size)
        return;
    map = calloc(2 * sched->map_size, sizeof(struct task *));
    if (map == NULL)
        return;
    free(sched->map);
    sched->map = map;
    sched->map_size *= 2;
    for (struct task *task = sched_next(sched, NULL); task != NULL; task = sched_next(sched, task))
        put_into_map(sched, task);
}

struct task *sched_find(const struct sched *sched, long tid)
{
    struct task *task = *place_in_map(sched, tid);

    while (task != NULL && task->tid != tid)
        task = task->next;
    return task;
}

/* --- tasks */

void sched_open(struct sched *sched)
{
    *sched = (struct sched){.map_size = MAP_SIZE_MIN};
    sched->ready = (struct link){&sched->ready, &sched->ready};
    sched->all = (struct link){&sched->all, &sched->all};
    sched->map = calloc(sched->map_size, sizeof(struct task *));
    if (sched->map == NULL)
        die("cannot set up the scheduler: out of memory");
}

/* Ends all tasks, in the order of their numbers. */
static void end_all(struct sched *sched)
{
    struct task *task;

    while ((task = sched_next(sched, NULL)) != NULL)
        sched_exit(sched, task, none());
}

void sched_close(struct sched *sched)
{
    end_all(sched);
    free(sched->map);
}

long sched_new(struct sched *sched, struct gen *target)
{
    struct task *task = target == NULL ? NULL : task_new(sched->last_tid + 1, target);

    if (task == NULL) {
        gen_free(target);
        return 0;
    }
    sched->last_tid++;
    grow_map(sched);
    put_into_map(sched, task);
    append(&sched->all, &task->all);
    sched->n_tasks++;
    sched_schedule(sched, task, none());
    return task->tid;
}

void sched_schedule(struct sched *sched, struct task *task, struct value sendval)
{
    if (task->state == TASK_READY)
        die("scheduler: task %ld is ready twice", task->tid);
    if (task->state == TASK_WAITING)
        die("scheduler: task %ld is ready while it waits", task->tid);
    if (task == sched->running)
        sched->running = NULL;
    task->state = TASK_READY;
    task->sendval = sendval;
    append(&sched->ready, &task->link);
}

void sched_wait(struct sched *sched, struct task *task, struct task *wanted)
{
    if (task != sched->running)
        die("scheduler: task %ld waits and does not run", task->tid);
    sched->running = NULL;
    task->state = TASK_WAITING;
    task->waits_for = wanted;
    append(&wanted->waiters, &task->link);
}

void sched_park(struct sched *sched, struct task *task, struct task **slot)
{
    if (task != sched->running)
        die("scheduler: task %ld waits and does not run", task->tid);
    sched->running = NULL;
    sched->n_parked++;
    task->state = TASK_WAITING;
    task->slot = slot;
    if (slot != NULL)
        *slot = task;
}

/* Ends the wait of TASK, which is ready or waits: takes it out of the queue that it stands in, or
 * of the entry of its descriptor. */
static void unqueue(struct sched *sched, struct task *task)
{
    if (task->state == TASK_READY || task->waits_for != NULL)
        take_out(&task->link);
    else if (task->state == TASK_WAITING)
        sched->n_parked--;
    if (task->slot != NULL)
        *task->slot = NULL;
    timer_rest(&task->deadline);
    task->state = TASK_NOWHERE;
    task->waits_for = NULL;
    task->slot = NULL;
}

void sched_wake(struct sched *sched, struct task *task, struct value sendval)
{
    if (task->state != TASK_WAITING)
        die("scheduler: task %ld is woken and does not wait", task->tid);
    unqueue(sched, task);
    sched_schedule(sched, task, sendval);
}

void sched_exit(struct sched *sched, struct task *task, struct value result)
{
    struct task *running = task == sched->running ? NULL : sched->running;
    struct value closed;
    struct task *waiter;

    unqueue(sched, task);
    if (task->owned != NULL)
        *task->owned = NULL;
    take_out(&task->all);
    take_out_of_map(sched, task);
    sched->n_tasks--;

    sched->running = task; /* for its cleanup, if it has not ended by itself */
    closed = gen_close(task->target);
    sched->running = running;
    if (closed.tag == ERROR && sched->on_failure != NULL)
        sched->on_failure(task, closed);
    else if (result.tag == ERROR && sched->on_failure != NULL)
        sched->on_failure(task, result);
    if (sched->on_end != NULL)
        sched->on_end(task);
    if (result.tag == GENERATOR || result.tag == SYSCALL) {
        value_drop(result); /* it could have one owner only */
        result = none();
    }
    while ((waiter = first_of(&task->waiters)) != NULL)
        sched_wake(sched, waiter, result);
    timer_remove(&task->deadline);
    task_free(task);
}

/* Lets TASK, the first of the ready queue, run, and looks at what comes out: a system call is
 * handled, and decides what becomes of its caller; after a bare yield, it is ready again. */
static void run(struct sched *sched, struct task *task)
{
    struct value value;

    take_out(&task->link);
    task->state = TASK_RUNNING;
    sched->running = task;
    if (sched->on_switch != NULL)
        sched->on_switch(sched, task);
    value = task_run(task);
    if (value.tag == GENERATOR && value.gen == task->target)
        die("scheduler: task %ld hands out its own generator", task->tid);
    if (gen_outcome(task->target, value) != YIELDED) {
        sched_exit(sched, task, value);
    } else if (value.tag == SYSCALL) {
        syscall_handle(value.syscall, sched, task);
    } else {
        value_drop(value);
        sched_schedule(sched, task, none());
    }
    if (sched->running != NULL)
        die("scheduler: task %ld is nowhere after its system call", sched->running->tid);
}

/* Nobody is ready, and some wait for ever. */
static void say_deadlock(const struct sched *sched)
{
    struct task *task = NULL;

    say("deadlock:");
    for (int i = 0; i < 2 && (task = sched_next(sched, task)) != NULL; i++) {
        say("%s task %ld waits for ", i == 0 ? "" : ",", task->tid);
        if (task->waits_for != NULL)
            say("task %ld", task->waits_for->tid);
        else
            say("IO, and the io task has ended"); /* it was killed */
    }
    if (sched->n_tasks > 2)
        say(", and %zu more", sched->n_tasks - 2);
    say("\n");
}

bool sched_main_loop(struct sched *sched)
{
    struct task *task;

    while ((task = first_of(&sched->ready)) != NULL)
        run(sched, task);
    if (sched->n_tasks == 0)
        return true;
    say_deadlock(sched);
    end_all(sched);
    return false;
}
