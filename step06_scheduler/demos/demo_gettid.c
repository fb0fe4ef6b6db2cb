/* demo_gettid.c - a system call. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../support/story.h"
#include "common.h"

void demo_gettid(void)
{
    begin("gettid: a system call, which asks the scheduler for the caller's number");
    start(work(numbered_body, "doing the laundry", 5));
    start(work(numbered_body, "cooking", 10));
    run_all();
    say("  A system call is a yield as well, so after it the others go first.\n\n");
}
