/* main.c - the demos of step 2. */
#define _POSIX_C_SOURCE 200809L

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

    story_begin("#%d", "one: the handler in two pieces");
    ms = service_demo(serve_multiplexed, ask_one, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms, as by step 1's state machine.\n\n", story_order(), ms);
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

    story_begin("#%d", "two: two calls in a row, the handler in three pieces");
    ms = service_demo(serve_multiplexed, ask_two, 3);
    story_timeline();
    say("  Six calls of 100 ms each in %ld ms; step 1's state machine refused them.\n\n", ms);
    story_end();
}

static const struct act ask_once[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

static void limit(void)
{
    story_begin("#%d", "limit: one function, cut in three");
    show_pieces(true);
    service_demo(serve_multiplexed, ask_once, 1);
    show_pieces(false);
    story_end();
    say("\n"
        "  Each piece has returned before the next is entered, and none has called the\n"
        "  next: the loop did. So no local variable lives from one to the other (struct\n"
        "  two_vars carries them), no return value goes from one to the other, and each\n"
        "  way out has to answer and to free them. Read app.c: is it still one function?\n"
        "  Step 3 makes it one again.\n\n");
}

static const struct demo demos[] = {
    {"one", "one call: a handler in two pieces", one},
    {"two", "two calls in a row: a handler in three pieces", two},
    {"limit", "what being cut in pieces does to a function", limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_multiplexed, host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 2: register a callback, and let an event loop call it",
        .demos = demos,
        .serve = serve,
    };

    return cli_main(argc, argv, &lesson);
}
