/* demo_limit.c - the limit of step 5: a handler that works for nobody, and has no name. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_and_reset[] = {
    {.who = CLIENT, .path = "/two", .until = "#1 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#1 has lost"},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

void demo_limit(void)
{
    story_begin("#%d", "limit: a client resets while its handler works for it");
    service_demo(serve_gateway, ask_and_reset, 1);
    story_timeline();
    story_end();
    say("  The handler worked to the end, and the API with it, for nobody. A handler runs\n"
        "  only for a request, and nothing names it: no other can start one that goes on\n"
        "  by itself, list it, wait for it or stop it. Step 6 gives it a name: a task.\n\n");
}
