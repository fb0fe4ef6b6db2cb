/* demo_two.c - a handler that calls the API twice. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

void demo_two(void)
{
    long ms;

    story_begin("#%d", "two: two calls in a row, in one function");
    ms = service_demo(serve_gateway, three_ask_two, 3);
    story_timeline();
    say("  Six calls of 100 ms each in %ld ms, in the straight lines of step 1.\n\n", ms);
    story_end();
}
