/* demo_one.c - a handler that calls the API. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

void demo_one(void)
{
    long ms;

    story_begin("#%d", "one: the handler in two pieces");
    ms = service_demo(serve_gateway, three_ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms, as by step 1's state machine.\n\n", story_order(), ms);
    story_end();
}
