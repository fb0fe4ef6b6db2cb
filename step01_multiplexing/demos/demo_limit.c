/* demo_limit.c - the limit of step 1: a handler that calls the API twice. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"
#include "../straight.h"

void demo_limit(void)
{
    story_begin("#%d", "limit: two API calls in a row, asked of blocking");
    service_demo(serve_blocking, one_asks_two, 1);
    story_end();
    say("\n");
    story_begin("#%d", "... of threads");
    service_demo(serve_threads, one_asks_two, 1);
    story_end();
    say("\n");
    story_begin("#%d", "... of multiplexed");
    service_demo(serve_gateway, one_asks_two, 1);
    story_end();
    say("\n"
        "  In a straight line a second call is as easy as the first. In the state machine\n"
        "  each call ends in the one on_answer(). It would need a member that says which\n"
        "  call this is, and a branch on it: for every call of every handler, all in one\n"
        "  place. Step 2 lets each call say who goes on with its answer.\n\n");
}
