/* demo_multiplexed.c - one thread, and poll() watches every socket. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

long multiplexed_ms;

void demo_multiplexed(void)
{
    story_begin("#%d", "multiplexed: one thread, and poll() watches every socket");
    multiplexed_ms = service_demo(serve_gateway, three_ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms; one thread waits for all of them.\n\n", story_order(),
        multiplexed_ms);
    story_end();
}
