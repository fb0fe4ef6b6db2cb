/* main.c - the demos of step 4. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"
#include "server.h"
#include "support/cli.h"
#include "support/story.h"

static const struct act ask_once[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

static void two(void)
{
    story_begin("#%d", "two: what was step 3's limit, func1 which calls func2");
    service_demo(serve_multiplexed, ask_once, 1);
    story_end();
    say("\n  func1 and func2 are those of step 3. The driver has learned to stack them.\n\n");
}

static const struct act ask_two[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = CLIENT, .path = "/two", .after = "#1 asks"},
    {.who = CLIENT, .path = "/two", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 2, .ms = 100, .after = "#1 asks the API for /bar"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#2 asks the API for /bar"},
    {.who = API, .path = "/bar", .request = 1, .ms = 100, .after = "#3 asks the API for /bar"},
    {.who = API, .path = "/bar", .request = 2, .ms = 100, .after = "#1 is answered"},
    {.who = API, .path = "/bar", .request = 3, .ms = 100, .after = "#2 is answered"},
    {.path = NULL},
};

static void ready(void)
{
    long ms;

    story_begin("#%d", "ready: three clients, and the ready list at each turn of the loop");
    show_ready_list(true);
    ms = service_demo(serve_multiplexed, ask_two, 3);
    show_ready_list(false);
    story_timeline();
    say("  Six calls of 100 ms each in %ld ms. A chain is on the list when it is new or\n"
        "  its wait is over, together with the result that it is to be sent.\n\n",
        ms);
    story_end();
}

static const struct act fail_once[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100, .status = 500},
    {.path = NULL},
};

static void failing(void)
{
    story_begin("#%d", "error: the API fails under the second call, in func2");
    service_demo(serve_multiplexed, fail_once, 1);
    story_end();
    say("\n  func2 does not catch it, so it is popped, and the error goes on to func1.\n\n");
}

static const struct act ask_for_a_nap[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/nap", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};

static void limit(void)
{
    long ms;

    story_begin("#%d", "limit: a handler that sleeps");
    story_lane(3, QUEUED);
    ms = service_demo(serve_multiplexed, ask_for_a_nap, 3);
    story_timeline();
    say("  The last answer at %ld ms. While #2 sleeps, the loop does not turn: #3 is\n"
        "  not let in, and nobody would hear the API's answer for #1. A handler can wait\n"
        "  for sockets and for nothing else. Step 5 lets it wait for anything.\n\n",
        ms);
    story_end();
}

static const struct demo demos[] = {
    {"stack", "the stack at each push and pop, driven by hand", show_stack},
    {"two", "a handler that calls a function that waits", two},
    {"ready", "the ready list, with three clients at once", ready},
    {"deep", "a million calls deep", show_deep},
    {"error", "an error that goes down the stack until it is caught", failing},
    {"limit", "a handler that sleeps", limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_multiplexed, host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 4: a call stack makes a chain of generators one",
        .demos = demos,
        .serve = serve,
    };

    return cli_main(argc, argv, &lesson);
}
