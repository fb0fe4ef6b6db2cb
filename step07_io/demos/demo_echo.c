/* demo_echo.c - the same server, mended. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include "../await.h"
#include "../echo.h"
#include "../server.h"
#include "../sockets.h"
#include "../support/service.h"
#include "../support/story.h"
#include "common.h"

/* Is alive at certain moments of the story. */
static struct value alive_at_body(struct gen *gen, struct value sent)
{
    static const char *const moments[] = {"Connection from #3", "Client closed", "Client closed"};
    struct work *f = (struct work *)gen;

    BEGIN(LATER)
    story_print(ALIVE, "I'm alive!");
    for (; f->done < 3; f->done++) {
        story_hold(TIMERS, moments[f->done]);
        AWAIT(LATER, f->got, sleep_for(30));
        story_print(ALIVE, "I'm alive!");
    }
    RETURN(none());
    END
}

static void start_alive(struct sched *sched)
{
    watch(sched);
    start(sched, sizeof(struct work), alive_at_body, ALIVE);
}

static void serve_echo(const struct service *service)
{
    server_lane = SERVER;
    serve_clients(service, echo_client, start_alive);
    server_lane = 0;
}

static const struct act three_echoes[] = {
    {.who = ECHO, .path = "one", .after = "Server starting", .until = "I'm alive!", .times = 2},
    {.who = ECHO, .path = "two", .after = "Connection from #1", .until = "I'm alive!", .times = 3},
    {.who = ECHO,
     .path = "three",
     .after = "Connection from #2",
     .until = "I'm alive!",
     .times = 4},
    {.path = NULL},
};

void demo_echo(void)
{
    begin("echo: the same with AWAIT, and three clients at once", "server");
    service_demo(serve_echo, three_echoes, 3);
    story_timeline();
    story_end();
    say("  Each client is a task, and reads like blocking code. alive sleeps, the others\n"
        "  wait for their sockets; the io task wakes whoever can go on.\n\n");
}
