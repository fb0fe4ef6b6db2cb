/* common.c - what the demos share: the scheduler that is watched, and tasks that are alive. */
#define _POSIX_C_SOURCE 200809L

#include "common.h"

#include <string.h>

#include "../api.h"
#include "../server.h"
#include "../support/story.h"
#include "../web.h"

enum { LANES = 65 }; /* so many a story can have, from 0 on */

static enum state seen[LANES]; /* of each lane, at the last switch */

const struct option *watch_option;

void show_queues(const struct sched *sched, const struct task *running)
{
    if (watch_option == NULL || watch_option->value == NULL)
        return;
    say("       | runs %ld | ready", running->tid);
    for (struct link *link = sched->ready.next; link != &sched->ready; link = link->next)
        say(" %ld", ((struct task *)link)->tid);
    say(" | waiting");
    for (struct task *task = sched_next(sched, NULL); task != NULL; task = sched_next(sched, task))
        if (task->state == TASK_WAITING && task->waits_for != NULL)
            say(" %ld for %ld", task->tid, task->waits_for->tid);
        else if (task->state == TASK_WAITING)
            say(" %ld", task->tid);
    say("\n");
}

/* Puts the lanes of the timeline into the states of their tasks. The one that runs is seen to run
 * when it tells something, and one that is woken to wait until it runs. */
static void see_switch(const struct sched *sched, const struct task *running)
{
    for (struct task *task = sched_next(sched, NULL); task != NULL;
         task = sched_next(sched, task)) {
        bool woken = task->state == TASK_READY && seen[task->lane] == WAITING;

        if (task->lane == 0 || woken)
            continue;
        seen[task->lane] = task == running ? RUNNING : task->state == TASK_READY ? QUEUED : WAITING;
        if (task != running)
            story_lane(task->lane, seen[task->lane]);
    }
    show_queues(sched, running);
}

static void see_end(const struct task *task)
{
    if (task->lane != 0)
        story_lane(task->lane, GONE);
}

void watch(struct sched *sched)
{
    memset(seen, 0, sizeof seen);
    sched->on_switch = see_switch;
    sched->on_end = see_end;
}

void begin(const char *headline, const char *other)
{
    story_begin("#%d", headline);
    story_name(ALIVE, "alive");
    story_name(SERVER, other);
}

void start(struct sched *sched, size_t size, gen_body *body, int lane)
{
    long tid = sched_new(sched, gen_new(size, "demo", body, NULL));

    if (tid == 0)
        die("out of memory");
    sched_find(sched, tid)->lane = lane;
}

struct value alive_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < 3; f->done++) {
        story_print(ALIVE, "I'm alive!");
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

void serve_watched_gateway(const struct service *service)
{
    api_open(service);
    serve_clients(service, web_client, watch);
}
