/* demo_blocked.c - the tutorial's first server. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../support/net.h"
#include "../support/service.h"
#include "../support/story.h"
#include "common.h"

static const struct service *blocked_service;

/* Accepts one client, and serves it, as one does in C. */
static struct value blocked_body(struct gen *gen, struct value sent)
{
    char text[256];
    ssize_t n;
    int fd;

    BEGIN()
    story_print(SERVER, "Server starting");
    story_lane(SERVER, BLOCKED);
    net_set_blocking(blocked_service->listener, true);
    fd = net_accept(blocked_service->listener, true);
    if (fd == -1)
        die("cannot accept: %s", strerror(errno));
    story_print(SERVER, "Connection from #1");
    story_lane(SERVER, BLOCKED);
    while ((n = net_read(fd, text, sizeof text)) > 0)
        for (ssize_t done = 0, m = 0; m != -1 && done < n; done += m)
            m = net_write(fd, text + done, (size_t)(n - done));
    close(fd);
    story_print(SERVER, "Client closed");
    RETURN(none());
    END
}

static void serve_blocked(const struct service *service)
{
    struct sched sched;

    blocked_service = service;
    sched_open(&sched);
    watch(&sched);
    start(&sched, sizeof(struct work), alive_body, ALIVE);
    start(&sched, sizeof(struct work), blocked_body, SERVER);
    sched_main_loop(&sched);
    sched_close(&sched);
}

static const struct act come_late[] = {
    {.who = ECHO, .path = "hello", .ms = 300, .after = "Server starting"},
    {.path = NULL},
};

void demo_blocked(void)
{
    long ms;

    begin("blocked: the tutorial's first server, which accepts as one does in C", "server");
    ms = service_demo(serve_blocked, come_late, 1);
    story_timeline();
    story_end();
    say("  The server has no client for 300 ms, so it waits in accept(), and so does the\n"
        "  scheduler: nobody was alive until %ld ms.\n\n",
        ms);
}
