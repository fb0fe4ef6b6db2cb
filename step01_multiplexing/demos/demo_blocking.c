/* demo_blocking.c - one thread, one request at a time. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"
#include "../straight.h"

long blocking_ms;

void demo_blocking(void)
{
    story_begin("#%d", "blocking: one thread, one request at a time");
    story_lane(2, QUEUED);
    story_lane(3, QUEUED);
    blocking_ms = service_demo(serve_blocking, three_at_once, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms: who stands behind a slow call waits.\n\n",
        story_order(), blocking_ms);
    story_end();
}
