/* main.c - the demos of step 5. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>

#include "api.h"
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
    story_begin("#%d", "two: func1 awaits a call of the API, and then func2, which awaits another");
    service_demo(serve_multiplexed, ask_once, 1);
    story_end();
    say("\n  The lines of func1 and func2 are those of step 4, but that YIELD is AWAIT now.\n\n");
}

static const struct act ask_for_naps[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/nap", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};

static const struct act ask_to_be_blocked[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/block", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};

static void nap(void)
{
    long blocked_ms, ms;

    story_begin("#%d", "nap: the limit of step 4, a handler that blocks the thread to sleep");
    story_lane(3, QUEUED);
    blocked_ms = service_demo(serve_multiplexed, ask_to_be_blocked, 3);
    story_timeline();
    story_end();
    story_begin("#%d", "     and the same three clients, when it awaits a timer");
    story_hold(TIMERS, "#3 is answered");
    ms = service_demo(serve_multiplexed, ask_for_naps, 3);
    story_timeline();
    story_end();
    say("  The last answer at %ld ms; it was at %ld ms. A future that a timer fills is\n"
        "  waited for like one that the API fills: the loop turns meanwhile.\n\n",
        ms, blocked_ms);
}

static const struct act ask_for_a_sum[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/sum", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 computes"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#1 is answered"},
    {.path = NULL},
};

static void sum(void)
{
    long ms;

    story_begin("#%d", "sum: a computation of 300 ms, on another thread");
    story_hold(THREADS, "#3 is answered");
    ms = service_demo(serve_multiplexed, ask_for_a_sum, 3);
    story_timeline();
    story_end();
    say("  All three in %ld ms. #2 computes while the others are answered: the loop's\n"
        "  thread is free, and the other one wakes it when the sum is there.\n\n",
        ms);
}

static const struct act ask_for_all[] = {
    {.who = CLIENT, .path = "/sum"},
    {.who = CLIENT, .path = "/nap", .after = "#1 computes"},
    {.who = CLIENT, .path = "/one", .after = "#2 sleeps"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100},
    {.path = NULL},
};

static void all(void)
{
    long ms;

    story_begin("#%d", "all: a thread, a timer and a socket at once");
    story_hold(TIMERS, "#3 is answered");
    story_hold(THREADS, "#2 is answered");
    ms = service_demo(serve_multiplexed, ask_for_all, 3);
    story_timeline();
    story_end();
    say("  300 ms, 300 ms and 100 ms in %ld ms. The framework knows one thing to wait\n"
        "  for, a future, and does not ask who fills it.\n\n",
        ms);
}

static const struct act ask_the_silent[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.who = API, .path = "/foo", .request = 2, .ms = 100},
    {.path = NULL},
};

static void timeout(void)
{
    story_begin("#%d", "timeout: the API never answers #1");
    story_hold(TIMERS, "#2 is answered");
    api_set_deadline(story_delay(300));
    service_demo(serve_multiplexed, ask_the_silent, 2);
    api_set_deadline(API_DEADLINE_MS);
    story_timeline();
    story_end();
    say("  Each call has a timer besides its socket, and the first of the two to be ready\n"
        "  fills the future. Here it was the timer, and it closed the socket.\n\n");
}

static const struct act ask_three_at_once[] = {
    {.who = CLIENT, .path = "/gather"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100},
    {.who = API, .path = "/bar", .request = 1, .ms = 200, .after = "#1 hears from the API: bar"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#1 hears from the API: baz"},
    {.path = NULL},
};

static void gather(void)
{
    long ms;

    story_begin("#%d", "gather: one handler waits for three calls at once");
    ms = service_demo(serve_multiplexed, ask_three_at_once, 1);
    story_timeline();
    story_end();
    say("  Calls of 300, 200 and 100 ms in %ld ms, the time of the slowest: a call begins\n"
        "  when its future is made, not when it is awaited.\n\n",
        ms);
}

static const struct act ask_and_reset[] = {
    {.who = CLIENT, .path = "/two", .until = "#1 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 100, .after = "#1 has lost"},
    {.who = API, .path = "/bar", .request = 1, .ms = 100},
    {.path = NULL},
};

static void limit(void)
{
    story_begin("#%d", "limit: a client resets while its handler works for it");
    service_demo(serve_multiplexed, ask_and_reset, 1);
    story_timeline();
    story_end();
    say("  The handler worked to the end, and the API with it, for nobody. Work has no\n"
        "  name here: nobody can list it, wait for it or stop it. Step 6 gives it one.\n\n");
}

static const struct demo demos[] = {
    {"future", "a placeholder's life: made, waited for, filled, cancelled", show_future},
    {"yieldfrom", "a generator that delegates to another, driven by hand", show_yieldfrom},
    {"pep380", "send, throw, close and results, through three levels", show_pep380},
    {"deep", "a million levels deep", show_deep},
    {"two", "a handler that awaits twice", two},
    {"nap", "a handler that sleeps, and stops nobody any more", nap},
    {"sum", "a handler that computes, on another thread", sum},
    {"all", "a thread, a timer and a socket at once", all},
    {"timeout", "an API that never answers", timeout},
    {"gather", "three calls at once in one handler", gather},
    {"limit", "a client that is gone, and a handler that nobody can stop", limit},
    {NULL, NULL, NULL},
};

static struct option options[] = {
    {.name = "--deadline",
     .choices = "NUMBER",
     .what = "504 if the API takes longer than X ms (5000)",
     .value = "5000",
     .only_serve = true},
    {.name = NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    api_set_deadline(strtol(options[0].value, NULL, 10));
    service_run(serve_multiplexed, host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 5: anything can be awaited",
        .demos = demos,
        .serve = serve,
        .options = options,
    };

    return cli_main(argc, argv, &lesson);
}
