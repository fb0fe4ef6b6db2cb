/* demo_error.c - an error that goes down the stack until it is caught. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

static const struct act fail_nested[] = {
    {.who = CLIENT, .path = "/nested"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100, .status = 500},
    {.path = NULL},
};

void demo_error(void)
{
    story_begin("#%d", "error: the API fails under the second call, in func2");
    service_demo(serve_gateway, fail_nested, 1);
    story_end();
    say("\n  func2 does not catch it, so it is popped, and the error goes on to func1.\n\n");
}
