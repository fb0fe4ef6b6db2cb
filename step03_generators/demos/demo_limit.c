/* demo_limit.c - the limit of step 3: a generator that calls a generator. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_nested[] = {
    {.who = CLIENT, .path = "/nested"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.path = NULL},
};

void demo_limit(void)
{
    story_begin("#%d", "limit: /two as func1, which calls func2, which makes the second call");
    service_demo(serve_gateway, ask_nested, 1);
    story_end();
    say("\n"
        "  func1 yields func2's generator as it would call a function. But whoever drives\n"
        "  func1 was promised IOs. It cannot wait for a generator: somebody would have to\n"
        "  resume func2 until it ends, and then func1 with its result. So a generator can\n"
        "  not be cut into functions. Step 4 writes the somebody.\n\n");
}
