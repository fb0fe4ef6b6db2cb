/* demo_limit.c - a task that computes, and does not yield. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../support/story.h"
#include "../timer.h"
#include "common.h"

/* Computes for 300 ms, and does not yield. */
static struct value busy_body(struct gen *gen, struct value sent)
{
    long long until;

    BEGIN()
    story_print(SERVER, "I compute, and do not yield");
    story_lane(SERVER, BLOCKED);
    until = timer_now() + story_delay(300);
    while (timer_now() < until)
        ;
    story_print(SERVER, "I have my result, and nobody was alive");
    RETURN(none());
    END
}

void demo_limit(void)
{
    struct sched sched;

    begin("limit: a task that computes, and does not yield", "busy");
    sched_open(&sched);
    watch(&sched);
    start(&sched, sizeof(struct work), alive_body, ALIVE);
    start(&sched, sizeof(struct work), busy_body, SERVER);
    sched_main_loop(&sched);
    sched_close(&sched);
    story_timeline();
    story_end();
    say("  Tasks give way; nobody takes it from them. And each function between a task\n"
        "  and its wait must say AWAIT. Go's runtime interrupts what has computed for\n"
        "  10 ms, and gives each goroutine a stack, so that any function may wait; gevent\n"
        "  switches stacks as well. Both have their price: make bench has the figures.\n\n");
}
