/* demo_nap.c - a handler that sleeps: the limit of step 4. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

void demo_nap(void)
{
    long ms;

    story_begin("#%d", "nap: the limit of step 4, when the handler awaits a timer");
    story_hold(TIMERS, "#3 is answered");
    ms = service_demo(serve_gateway, second_asks_for_nap, 3);
    story_timeline();
    story_end();
    say("  The last answer at %ld ms. A future that a timer fills is waited for like one\n"
        "  that the API fills: the loop turns meanwhile.\n\n",
        ms);
}
