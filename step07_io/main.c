/* main.c - the demos of step 7, and its servers. */
#define _POSIX_C_SOURCE 200809L

#include <stdlib.h>

#include "api.h"
#include "demos/common.h"
#include "demos/demos.h"
#include "echo.h"
#include "poller.h"
#include "relay.h"
#include "server.h"
#include "support/cli.h"
#include "support/story.h"
#include "talk.h"
#include "web.h"
#include "workers.h"

static const struct demo demos[] = {
    {"blocked", "a server that blocks the scheduler", demo_blocked},
    {"echo", "the same server with AWAIT, and three clients", demo_echo},
    {"gateway", "step 1's program on tasks, and a client that is lost", demo_gateway},
    {"relay", "a device, a client, and a relay between them", demo_relay},
    {"deadline", "who says nothing in time", demo_deadline},
    {"workers", "two processes, one of which is killed", demo_workers},
    {"limit", "a task that computes, and does not yield", demo_limit},
    {NULL, NULL, NULL},
};

enum { WATCH, ECHO_ONLY, WORKERS, POLLER, DEADLINE, IDLE };

static struct option options[] = {
    [WATCH] = {.name = "--watch", .what = "draw the ready queue and who waits, at each switch"},
    [ECHO_ONLY] = {.name = "echo",
                   .what = "echo what comes, instead of the gateway",
                   .only_serve = true},
    [WORKERS] = {.name = "--workers",
                 .choices = "NUMBER",
                 .what = "in X processes, 64 at most (one for each core)",
                 .value = "0",
                 .only_serve = true},
    [POLLER] = {.name = "--poller",
                .choices = poller_names,
                .what = "ask the kernel by epoll or poll (the best there is)",
                .only_serve = true},
    [DEADLINE] = {.name = "--deadline",
                  .choices = "NUMBER",
                  .what = "504 if the API takes longer than X ms (5000)",
                  .value = "5000",
                  .only_serve = true},
    [IDLE] = {.name = "--idle",
              .choices = "NUMBER",
              .what = "give X ms to say something or a whole request (10000)",
              .value = "10000",
              .only_serve = true},
    {.name = NULL},
};

static const struct command commands[] = {
    {"client", "sends lines from stdin to an echo server", "8080", talk},
    {"relay", "checks a real relay", "6604", check_relay},
    {NULL, NULL, NULL, NULL},
};

static void serve_gateway(const struct service *service)
{
    api_open(service);
    serve_clients(service, web_client, NULL);
}

static void serve_echo(const struct service *service)
{
    serve_clients(service, echo_client, NULL);
}

static void serve_all(const struct service *service)
{
    long workers = strtol(options[WORKERS].value, NULL, 10);

    serve_in_workers(service, options[ECHO_ONLY].value != NULL ? serve_echo : serve_gateway,
                     workers < WORKERS_MAX ? (int)workers : WORKERS_MAX);
}

static void serve(const char *host, const char *port, const char *api)
{
    server_poller = poller_find(options[POLLER].value);
    server_idle_ms = strtol(options[IDLE].value, NULL, 10);
    api_set_deadline(strtol(options[DEADLINE].value, NULL, 10));
    service_run(serve_all, host, port, api);
}

int main(int argc, char **argv)
{
    static const struct lesson lesson = {
        .title = "Step 7: IO in the scheduler",
        .demos = demos,
        .serve = serve,
        .options = options,
        .commands = commands,
    };

    watch_option = &options[WATCH];
    story_legend = "# runs  . waits  - ready, another runs  x blocks everybody";
    return cli_main(argc, argv, &lesson);
}
