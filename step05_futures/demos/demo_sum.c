/* demo_sum.c - a computation, on another thread. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_for_a_sum[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/sum", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 computes"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};

void demo_sum(void)
{
    long ms;

    story_begin("#%d", "sum: a computation of 300 ms, on another thread");
    story_hold(THREADS, "#3 is answered");
    ms = service_demo(serve_gateway, ask_for_a_sum, 3);
    story_timeline();
    story_end();
    say("  All three in %ld ms. #2 computes while the others are answered: the loop's\n"
        "  thread is free, and the other one wakes it when the sum is there.\n\n",
        ms);
}
