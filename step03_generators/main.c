/* main.c - the demos of step 3. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"
#include "server.h"
#include "support/cli.h"
#include "support/story.h"

/* Three clients at once; what could come in any order waits for its turn. */
static const struct act ask_one[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 2, .ms = 200, .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

static void one(void)
{
    long ms;

    story_begin("#%d", "one: the handler is one function again");
    ms = service_demo(serve_multiplexed, ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms, as by step 2's callbacks.\n\n", story_order(), ms);
    story_end();
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

static void two(void)
{
    long ms;

    story_begin("#%d", "two: two calls in a row, in one function");
    ms = service_demo(serve_multiplexed, ask_two, 3);
    story_timeline();
    say("  Six calls of 100 ms each in %ld ms, in the straight lines of step 1.\n\n", ms);
    story_end();
}

static const struct act ask_nested[] = {
    {.who = CLIENT, .path = "/nested"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.path = NULL},
};

static void limit(void)
{
    story_begin("#%d", "limit: /two as func1, which calls func2, which makes the second call");
    service_demo(serve_multiplexed, ask_nested, 1);
    story_end();
    say("\n"
        "  func1 yields func2's generator as it would call a function. But whoever drives\n"
        "  func1 was promised IOs. It cannot wait for a generator: somebody would have to\n"
        "  resume func2 until it ends, and then func1 with its result. So a generator can\n"
        "  not be cut into functions. Step 4 writes the somebody.\n\n");
}

static const struct demo demos[] = {
    {"send", "a function that pauses, and goes on with what it is sent", show_send},
    {"life", "all that can happen to a generator", show_life},
    {"pingpong", "two generators that pass work to each other", show_pingpong},
    {"pitfall", "a local variable that does not survive", show_pitfall},
    {"one", "one call: the handler is a generator", one},
    {"two", "two calls in a row, in one generator", two},
    {"limit", "a generator that calls a generator", limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_multiplexed, host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 3: a function that stops in the middle, and goes on later",
        .demos = demos,
        .serve = serve,
    };

    return cli_main(argc, argv, &lesson);
}
