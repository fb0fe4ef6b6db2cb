/* main.c - the demos of step 1. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "server.h"
#include "support/cli.h"
#include "support/story.h"

/* How long the last client waited in each demo, in ms. */
static long blocking_ms, threads_ms, multiplexed_ms;

/* Three clients at once, and the API takes 300, 200 and 100 ms to answer for them. */
static const struct act at_once[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300},
    {.who = API, .path = "/foo", .request = 2, .ms = 200},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

/* The same where all are served at the same time: what could come in any order takes turns. */
static const struct act in_turn[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 2, .ms = 200, .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

static void blocking(void)
{
    story_begin("#%d", "blocking: one thread, one request at a time");
    story_lane(2, QUEUED);
    story_lane(3, QUEUED);
    blocking_ms = service_demo(serve_blocking, at_once, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms: who stands behind a slow call waits.\n\n",
        story_order(), blocking_ms);
    story_end();
}

static void threads(void)
{
    story_begin("#%d", "threads: a thread for each request");
    threads_ms = service_demo(serve_threads, in_turn, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms; the price: a thread per client.\n\n", story_order(),
        threads_ms);
    story_end();
}

static void multiplexed(void)
{
    story_begin("#%d", "multiplexed: one thread, and poll() watches every socket");
    multiplexed_ms = service_demo(serve_multiplexed, in_turn, 3);
    story_timeline();
    say("  Answered %s, the last at %ld ms, by one thread that waits for none.\n\n", story_order(),
        multiplexed_ms);
    story_end();
}

static const struct act asks_two[] = {
    {.who = CLIENT, .path = "/two"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

static void limit(void)
{
    story_begin("#%d", "limit: two API calls in a row, asked of blocking");
    service_demo(serve_blocking, asks_two, 1);
    story_end();
    say("\n");
    story_begin("#%d", "... of threads");
    service_demo(serve_threads, asks_two, 1);
    story_end();
    say("\n");
    story_begin("#%d", "... of multiplexed");
    service_demo(serve_multiplexed, asks_two, 1);
    story_end();
    say("\n"
        "  In a straight line a second call is as easy as the first. The state machine\n"
        "  would need a member that says which call this is, and a branch on it where a\n"
        "  call ends: for every call of every handler, all in one place. Step 2 takes the\n"
        "  switch apart.\n\n");
}

static void closing(void)
{
    say("Three clients, calls of 300, 200 and 100 ms: blocking %ld ms, threads %ld ms,\n"
        "multiplexed %ld ms.\n",
        blocking_ms, threads_ms, multiplexed_ms);
}

static const struct demo demos[] = {
    {"blocking", "one request at a time: three clients queue", blocking},
    {"threads", "a thread for each request", threads},
    {"multiplexed", "one thread, poll(), a state machine for each connection", multiplexed},
    {"limit", "/two: a second call is too much for the state machine", limit},
    {NULL, NULL, NULL},
};

static struct option options[] = {
    {"--model", "blocking|threads|multiplexed",
     "X is blocking, threads or multiplexed (multiplexed)", "multiplexed", true},
    {NULL, NULL, NULL, NULL, false},
};

static void serve(const char *host, const char *port, const char *api)
{
    const char *model = options[0].value;

    service_run(strcmp(model, "blocking") == 0  ? serve_blocking
                : strcmp(model, "threads") == 0 ? serve_threads
                                                : serve_multiplexed,
                host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 1: let the kernel watch all sockets",
        .demos = demos,
        .closing = closing,
        .serve = serve,
        .options = options,
    };

    return cli_main(argc, argv, &lesson);
}
