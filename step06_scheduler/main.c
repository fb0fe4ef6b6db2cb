/* main.c - the demos of step 6. */
#define _POSIX_C_SOURCE 200809L

#include <stddef.h>

#include "demos/common.h"
#include "demos/demos.h"
#include "support/cli.h"
#include "support/story.h"

static const struct demo demos[] = {
    {"multitask", "two tasks that take turns", demo_multitask},
    {"gettid", "a system call", demo_gettid},
    {"new", "a task that makes another", demo_new},
    {"kill", "a task that kills another", demo_kill},
    {"wait", "a task that waits for another", demo_wait},
    {"subroutine", "a task that calls, and system calls at each level", demo_subroutine},
    {"ps", "a task that lists all tasks", demo_ps},
    {"errors", "what can go wrong, and a deadlock", demo_errors},
    {"limit", "a task that blocks, and everybody with it", demo_limit},
    {NULL, NULL, NULL},
};

enum { WATCH };

static struct option options[] = {
    [WATCH] = {.name = "--watch", .what = "draw the ready queue and who waits, at each switch"},
    {.name = NULL},
};

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 6: an operating system in user space",
        .demos = demos,
        .options = options,
    };

    watch_option = &options[WATCH];
    story_legend = "# runs  - ready, another runs  . waits for another  x blocks everybody";
    return cli_main(argc, argv, &lesson);
}
