/* demo_nested.c - a handler that calls a function that waits: the limit of step 3. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act ask_nested[] = {
    {.who = CLIENT, .path = "/nested"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

void demo_nested(void)
{
    story_begin("#%d",
                "nested: func1 awaits a call of the API, and then func2, which awaits another");
    service_demo(serve_gateway, ask_nested, 1);
    story_end();
    say("\n  The lines of nested.c are those of step 4, except that YIELD is AWAIT now.\n\n");
}
