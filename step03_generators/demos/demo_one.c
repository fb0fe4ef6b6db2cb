/* demo_one.c - a handler that calls the API. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

void demo_one(void)
{
    long ms;

    story_begin("#%d", "one: the handler is one function again");
    ms = service_demo(serve_gateway, three_ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms, as by step 2's callbacks.\n\n", story_order(), ms);
    story_end();
}
