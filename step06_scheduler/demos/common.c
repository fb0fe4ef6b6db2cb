/* common.c - what the demos share: the scheduler that is watched, and tasks that print lines. */
#define _POSIX_C_SOURCE 200809L

#include "common.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"

const struct option *watch_option;
struct sched demo;

/* --- what the scheduler tells */

/* Puts the lanes of the timeline into the states of their tasks. The one that runs is seen to run
 * when it prints something. */
static void set_lanes(void)
{
    for (struct task *task = sched_next(&demo, NULL); task != NULL; task = sched_next(&demo, task))
        if (task->state != TASK_RUNNING)
            story_lane((int)task->tid, task->state == TASK_READY ? QUEUED : WAITING);
}

static void draw_queues(const struct task *running)
{
    say("       | runs %ld | ready", running->tid);
    for (struct link *link = demo.ready.next; link != &demo.ready; link = link->next)
        say(" %ld", ((struct task *)link)->tid);
    say(" | waiting");
    for (struct task *task = sched_next(&demo, NULL); task != NULL; task = sched_next(&demo, task))
        if (task->state == TASK_WAITING)
            say(" %ld for %ld", task->tid, task->waits_for->tid);
    say("\n");
}

static void see_switch(const struct sched *of, const struct task *task)
{
    (void)of;
    set_lanes();
    if (watch_option != NULL && watch_option->value != NULL)
        draw_queues(task);
}

static void see_end(const struct task *task)
{
    set_lanes(); /* in a deadlock there is no switch that would */
    story_print((int)task->tid, "Task %ld terminated", task->tid);
    story_lane((int)task->tid, GONE);
}

static void see_failure(const struct task *task, struct value error)
{
    story_print((int)task->tid, "Task %ld failed: %s", task->tid, error.text);
}

/* --- tasks */

void *made(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

struct gen *work(gen_body *body, const char *name, long lines)
{
    struct work *f = made(gen_new(sizeof *f, name, body, NULL));

    f->name = name;
    f->lines = lines;
    return &f->gen;
}

void start(struct gen *target)
{
    if (sched_new(&demo, target) == 0)
        die("out of memory");
}

void begin(const char *headline)
{
    story_begin("task %d", headline);
    sched_open(&demo);
    demo.on_switch = see_switch;
    demo.on_end = see_end;
    demo.on_failure = see_failure;
}

void run_all(void)
{
    sched_main_loop(&demo);
    sched_close(&demo);
    story_timeline();
    story_end();
}

struct value chore_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < f->lines; f->done++) {
        print("I am %s", f->name);
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

struct value numbered_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID)
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}
