/* main.c - the demos of step 1, and its server. */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "demos/demos.h"
#include "support/cli.h"
#include "straight.h"

static const struct demo demos[] = {
    {"blocking", "one request at a time: three clients queue", demo_blocking},
    {"threads", "a thread for each request", demo_threads},
    {"multiplexed", "one thread, poll(), a state for each call", demo_multiplexed},
    {"limit", "/two: a second call is too much for the state machine", demo_limit},
    {NULL, NULL, NULL},
};

static void closing(void)
{
    say("Three clients, calls of 300, 200 and 100 ms: blocking %ld ms, threads %ld ms,\n"
        "multiplexed %ld ms.\n",
        blocking_ms, threads_ms, multiplexed_ms);
}

static struct option options[] = {
    {"--model", "blocking|threads|multiplexed",
     "X is blocking, threads or multiplexed (multiplexed)", "multiplexed", true},
    {NULL, NULL, NULL, NULL, false},
};

static void serve(const char *host, const char *port, const char *api)
{
    static const struct {
        const char *name;
        serve_function *serve;
    } models[] = {
        {"blocking", serve_blocking},
        {"threads", serve_threads},
        {"multiplexed", serve_gateway},
    };

    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (strcmp(models[i].name, options[0].value) == 0)
            service_run(models[i].serve, host, port, api);
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
