/* demo_multitask.c - two tasks that take turns. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../support/story.h"
#include "common.h"

void demo_multitask(void)
{
    begin("multitask: two tasks, each of which yields after each line");
    start(work(chore_body, "cooking", 10));
    start(work(chore_body, "doing the laundry", 5));
    run_all();
    say("  Nobody stops a task: it yields, and the scheduler takes the next one from the\n"
        "  ready queue.\n\n");
}
