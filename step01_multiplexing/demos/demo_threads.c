/* demo_threads.c - a thread for each request. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"
#include "../straight.h"

long threads_ms;

void demo_threads(void)
{
    story_begin("#%d", "threads: a thread for each request");
    threads_ms = service_demo(serve_threads, three_ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms; the price: a thread per client.\n\n", story_order(),
        threads_ms);
    story_end();
}
