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
    story_begin("#%d", "nested: what was step 3's limit, func1 which calls func2");
    service_demo(serve_gateway, ask_nested, 1);
    story_end();
    say("\n  nested.c is that of step 3, byte for byte. The driver has learned to stack.\n\n");
}
