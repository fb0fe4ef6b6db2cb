/* main.c - the demos of step 3, and its server. */
#define _POSIX_C_SOURCE 200809L

#include "demos/demos.h"
#include "support/cli.h"

static const struct demo demos[] = {
    {"send", "a function that pauses, and goes on with what it is sent", demo_send},
    {"pitfall", "a local variable that does not survive", demo_pitfall},
    {"one", "one call: the handler is a generator", demo_one},
    {"two", "two calls in a row, in one generator", demo_two},
    {"pingpong", "two generators that pass work to each other", demo_pingpong},
    {"life", "all that can happen to a generator", demo_life},
    {"limit", "a generator that calls a generator", demo_limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_gateway, host, port, api);
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
