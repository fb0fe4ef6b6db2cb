/* main.c - the demos of step 5, and its server. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>

#include "demos/demos.h"
#include "request.h"
#include "support/cli.h"

static const struct demo demos[] = {
    {"future", "a placeholder's life: made, waited for, filled, cancelled", demo_future},
    {"nap", "a handler that sleeps, and stops nobody any more", demo_nap},
    {"sum", "a handler that computes, on another thread", demo_sum},
    {"all", "a thread, a timer and a socket at once", demo_all},
    {"timeout", "a limit of time for a call that is never answered", demo_timeout},
    {"gather", "three calls at once in one handler", demo_gather},
    {"yieldfrom", "a generator that delegates to another, driven by hand", demo_yieldfrom},
    {"pep380", "send, throw, close and results, through three levels", demo_pep380},
    {"deep", "a million levels deep", demo_deep},
    {"two", "two calls in a row, in one generator", demo_two},
    {"nested", "a handler that calls a function that waits", demo_nested},
    {"limit", "a handler that works for nobody, and has no name", demo_limit},
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
    request_deadline(strtol(options[0].value, NULL, 10));
    service_run(serve_gateway, host, port, api);
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
