/* demo_deadline.c - who says nothing in time. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../api.h"
#include "../server.h"
#include "../support/service.h"
#include "../support/story.h"
#include "common.h"

static const struct act be_silent[] = {
    {.who = ECHO, .path = "", .until = "never"},
    {.path = NULL},
};

static const struct act ask_the_silent[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.path = NULL},
};

void demo_deadline(void)
{
    long idle_ms = server_idle_ms;

    server_idle_ms = story_delay(300);
    api_set_deadline(story_delay(300));
    story_begin("#%d", "deadline: a client that says nothing");
    story_lane(1, WAITING);
    service_demo(serve_watched_gateway, be_silent, 1);
    story_end();
    server_idle_ms = idle_ms;
    story_begin("#%d", "\n          and an API that says nothing");
    service_demo(serve_watched_gateway, ask_the_silent, 1);
    story_end();
    say("\n  A wait may have a deadline: then a timer wakes the task, with an error, if\n"
        "  nothing else has.\n\n");
    api_set_deadline(API_DEADLINE_MS);
}
