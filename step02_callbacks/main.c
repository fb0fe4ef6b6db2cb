/* main.c - the demos of step 2, and its server. */
#define _POSIX_C_SOURCE 200809L

#include "demos/demos.h"
#include "support/cli.h"

static const struct demo demos[] = {
    {"one", "one call: a handler in two pieces", demo_one},
    {"two", "two calls in a row: a handler in three pieces", demo_two},
    {"limit", "what being cut in pieces does to a function", demo_limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_gateway, host, port, api);
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
