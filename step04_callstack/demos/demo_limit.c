/* demo_limit.c - the limit of step 4: a handler that sleeps. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

void demo_limit(void)
{
    long ms;

    story_begin("#%d", "limit: a handler that sleeps");
    story_lane(3, QUEUED);
    ms = service_demo(serve_gateway, second_asks_for_nap, 3);
    story_timeline();
    say("  The last answer at %ld ms. While #2 sleeps, the loop does not turn: #3 is\n"
        "  not let in, and nobody would hear the API's answer for #1. A handler can wait\n"
        "  for sockets and for nothing else. Step 5 lets it wait for anything.\n\n",
        ms);
    story_end();
}
