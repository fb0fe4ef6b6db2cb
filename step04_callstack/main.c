/* main.c - the demos of step 4, and its server. */
#define _POSIX_C_SOURCE 200809L

#include "demos/demos.h"
#include "support/cli.h"

static const struct demo demos[] = {
    {"stack", "the stack at each push and pop, driven by hand", demo_stack},
    {"two", "two calls in a row, in one generator", demo_two},
    {"nested", "a handler that calls a function that waits", demo_nested},
    {"ready", "the ready list, with three clients at once", demo_ready},
    {"deep", "a million calls deep", demo_deep},
    {"error", "an error that goes down the stack until it is caught", demo_error},
    {"limit", "a handler that sleeps", demo_limit},
    {NULL, NULL, NULL},
};

static void serve(const char *host, const char *port, const char *api)
{
    service_run(serve_gateway, host, port, api);
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
