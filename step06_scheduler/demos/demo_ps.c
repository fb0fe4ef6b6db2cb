/* demo_ps.c - a task that lists all tasks. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../support/story.h"
#include "../syscall.h"
#include "common.h"

/* Lists all tasks. */
static struct value ps_body(struct gen *gen, struct value sent)
{
    static const char *const names[] = {
        [TASK_READY] = "ready", [TASK_RUNNING] = "running", [TASK_WAITING] = "waits for task"};
    static struct task_info infos[8];
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON, GOT_LIST)
    YIELD(GO_ON, f->got, none()); /* until the others have begun to wait */
    AWAIT(GOT_LIST, f->got, ListTasks(infos, 8));
    for (long i = 0; i < f->got.integer; i++) {
        if (infos[i].waits_for == 0)
            print("  task %ld %s", infos[i].tid, names[infos[i].state]);
        else
            print("  task %ld %s %ld", infos[i].tid, names[infos[i].state], infos[i].waits_for);
    }
    RETURN(none());
    END
}

/* Waits for another task, and prints nothing. */
static struct value follower_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(IT_ENDED)
    AWAIT(IT_ENDED, f->got, Wait(f->child));
    RETURN(none());
    END
}

static struct gen *follower(long tid)
{
    struct gen *gen = work(follower_body, "follower", 0);

    ((struct work *)gen)->child = tid;
    return gen;
}

void demo_ps(void)
{
    begin("ps: a task that asks for a list of all tasks");
    start(work(chore_body, "cooking", 3));
    start(follower(1));
    start(follower(2));
    start(work(ps_body, "ps", 0));
    run_all();
    say("  Work has a number now: it can be listed, waited for and killed.\n\n");
}
