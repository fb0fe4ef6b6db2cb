/* demo_gateway.c - step 1's program, on tasks. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../support/service.h"
#include "../support/story.h"
#include "common.h"

static const struct act three_clients[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 2, .ms = 200, .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#3 asks"},
    {.path = NULL},
};

static const struct act all_routes[] = {
    {.who = CLIENT, .path = "/sum"},
    {.who = CLIENT, .path = "/nap", .after = "#1 computes"},
    {.who = CLIENT, .path = "/two", .after = "#2 sleeps"},
    {.who = CLIENT, .path = "/hello", .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#4 is answered"},
    {.who = API, .path = "/bar", .request = 3, .ms = 100},
    {.path = NULL},
};

static const struct act ask_and_reset[] = {
    {.who = CLIENT, .path = "/two", .until = "#1 asks"},
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.path = NULL},
};

void demo_gateway(void)
{
    long ms;

    story_begin("#%d", "gateway: the three clients of step 1, a task for each");
    ms = service_demo(serve_watched_gateway, three_clients, 3);
    story_timeline();
    story_end();
    say("  Calls of 300, 200 and 100 ms in %ld ms, as step 1's state machine took.\n\n", ms);
    story_begin("#%d", "         a thread, a timer, two calls and no wait at all, at once");
    story_hold(TIMERS, "#3 is answered");
    story_hold(THREADS, "#2 is answered");
    service_demo(serve_watched_gateway, all_routes, 4);
    story_timeline();
    story_end();
    story_begin("#%d", "         and step 5's limit: a client resets while its handler works");
    service_demo(serve_watched_gateway, ask_and_reset, 1);
    story_end();
    say("\n  Its task was killed where it waited: that closed the generators, one inside\n"
        "  the other, and the innermost closed the socket to the API.\n\n");
}
