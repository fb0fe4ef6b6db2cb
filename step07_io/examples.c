/* examples.c - the demos of step 7 that need no file of their own. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "echo.h"
#include "gen.h"
#include "sched.h"
#include "server.h"
#include "sockets.h"
#include "support/net.h"
#include "support/service.h"
#include "support/story.h"
#include "timer.h"
#include "web.h"

enum { ALIVE = 4, SERVER = 5 }; /* their lanes: before them there are three clients */
enum { LANES = 65 };            /* so many a story can have, from 0 on */

static enum state seen[LANES]; /* of each lane, at the last switch */

const struct option *watch_option;

/* --- what the scheduler tells */

void show_queues(const struct sched *sched, const struct task *running)
{
    if (watch_option == NULL || watch_option->value == NULL)
        return;
    say("       | runs %ld | ready", running->tid);
    for (struct link *link = sched->ready.next; link != &sched->ready; link = link->next)
        say(" %ld", ((struct task *)link)->tid);
    say(" | waiting");
    for (struct task *task = sched_next(sched, NULL); task != NULL; task = sched_next(sched, task))
        if (task->state == TASK_WAITING && task->waits_for != NULL)
            say(" %ld for %ld", task->tid, task->waits_for->tid);
        else if (task->state == TASK_WAITING)
            say(" %ld", task->tid);
    say("\n");
}

/* Puts the lanes of the timeline into the states of their tasks. The one that runs is seen to run
 * when it tells something, and one that is woken to wait until it runs. */
static void see_switch(const struct sched *sched, const struct task *running)
{
    for (struct task *task = sched_next(sched, NULL); task != NULL;
         task = sched_next(sched, task)) {
        bool woken = task->state == TASK_READY && seen[task->lane] == WAITING;

        if (task->lane == 0 || woken)
            continue;
        seen[task->lane] = task == running ? RUNNING : task->state == TASK_READY ? QUEUED : WAITING;
        if (task != running)
            story_lane(task->lane, seen[task->lane]);
    }
    show_queues(sched, running);
}

static void see_end(const struct task *task)
{
    if (task->lane != 0)
        story_lane(task->lane, GONE);
}

/* Lets the story see what SCHED does. */
static void watch(struct sched *sched)
{
    memset(seen, 0, sizeof seen);
    sched->on_switch = see_switch;
    sched->on_end = see_end;
}

/* Begins a story with two lanes that are no clients. */
static void begin(const char *headline, const char *other)
{
    story_begin("#%d", headline);
    story_name(ALIVE, "alive");
    story_name(SERVER, other);
}

/* Makes a task of SIZE bytes that does BODY's work, for the story's LANE. */
static void start(struct sched *sched, size_t size, gen_body *body, int lane)
{
    long tid = sched_new(sched, gen_new(size, "demo", body, NULL));

    if (tid == 0)
        die("out of memory");
    sched_find(sched, tid)->lane = lane;
}

struct work {
    struct gen gen;
    long done;
    struct value got;
};

/* --- blocked: the tutorial's first server */

static struct value alive_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < 3; f->done++) {
        story_print(ALIVE, "I'm alive!");
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

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

void show_blocked(void)
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

/* --- echo: the same, mended */

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

void show_echo(void)
{
    begin("echo: the same with AWAIT, and three clients at once", "server");
    service_demo(serve_echo, three_echoes, 3);
    story_timeline();
    story_end();
    say("  Each client is a task, and reads like blocking code. alive sleeps, the others\n"
        "  wait for their sockets; the io task wakes whoever can go on.\n\n");
}

/* --- gateway: step 1's program, on tasks */

static void serve_gateway(const struct service *service)
{
    api_open(service);
    serve_clients(service, web_client, watch);
}

static const struct act three_clients[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = CLIENT, .path = "/one", .after = "#1 asks"},
    {.who = CLIENT, .path = "/one", .after = "#2 asks"},
    {.who = API, .path = "/foo", .request = 1, .ms = 300, .after = "#2 is answered"},
    {.who = API, .path = "/foo", .request = 2, .ms = 200, .after = "#3 is answered"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#3 asks"},
    {.path = NULL},
};

static const struct act all_routes[] = {
    {.who = CLIENT, .path = "/sum"},
    {.who = CLIENT, .path = "/nap", .after = "#1 computes"},
    {.who = CLIENT, .path = "/two", .after = "#2 sleeps"},
    {.who = CLIENT, .path = "/hello", .after = "#3 asks"},
    {.who = API, .path = "/foo", .request = 3, .ms = 100, .after = "#4 is answered"},
    {.who = API, .path = "/bar", .request = 3, .ms = 100},
    {.path = NULL},
};

static const struct act ask_and_reset[] = {
    {.who = CLIENT, .path = "/two", .until = "#1 asks"},
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.path = NULL},
};

void show_gateway(void)
{
    long ms;

    story_begin("#%d", "gateway: the three clients of step 1, a task for each");
    ms = service_demo(serve_gateway, three_clients, 3);
    story_timeline();
    story_end();
    say("  Calls of 300, 200 and 100 ms in %ld ms, as step 1's state machine took.\n\n", ms);
    story_begin("#%d", "         a thread, a timer, two calls and no wait at all, at once");
    story_hold(TIMERS, "#3 is answered");
    story_hold(THREADS, "#2 is answered");
    service_demo(serve_gateway, all_routes, 4);
    story_timeline();
    story_end();
    story_begin("#%d", "         and step 5's limit: a client resets while its handler works");
    service_demo(serve_gateway, ask_and_reset, 1);
    story_end();
    say("\n  Its task was killed where it waited: that closed the generators, one inside\n"
        "  the other, and the innermost closed the socket to the API.\n\n");
}

/* --- deadline */

static const struct act be_silent[] = {
    {.who = ECHO, .path = "", .until = "never"},
    {.path = NULL},
};

static const struct act ask_the_silent[] = {
    {.who = CLIENT, .path = "/one"},
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.path = NULL},
};

void show_deadline(void)
{
    long idle_ms = server_idle_ms;

    server_idle_ms = story_delay(300);
    api_set_deadline(story_delay(300));
    story_begin("#%d", "deadline: a client that says nothing");
    story_lane(1, WAITING);
    service_demo(serve_gateway, be_silent, 1);
    story_end();
    server_idle_ms = idle_ms;
    story_begin("#%d", "\n          and an API that says nothing");
    service_demo(serve_gateway, ask_the_silent, 1);
    story_end();
    say("\n  A wait may have a deadline: then a timer wakes the task, with an error, if\n"
        "  nothing else has.\n\n");
    api_set_deadline(API_DEADLINE_MS);
}

/* --- limit */

/* Computes for 300 ms, and does not yield. */
static struct value busy_body(struct gen *gen, struct value sent)
{
    long long until;

    BEGIN()
    story_print(SERVER, "I compute, and do not yield");
    story_lane(SERVER, BLOCKED);
    until = timer_now() + story_delay(300);
    while (timer_now() < until)
        ;
    story_print(SERVER, "I have my result, and nobody was alive");
    RETURN(none());
    END
}

void show_limit(void)
{
    struct sched sched;

    begin("limit: a task that computes, and does not yield", "busy");
    sched_open(&sched);
    watch(&sched);
    start(&sched, sizeof(struct work), alive_body, ALIVE);
    start(&sched, sizeof(struct work), busy_body, SERVER);
    sched_main_loop(&sched);
    sched_close(&sched);
    story_timeline();
    story_end();
    say("  Tasks give way; nobody takes it from them. And each function between a task\n"
        "  and its wait must say AWAIT. Go's runtime interrupts what has computed for\n"
        "  10 ms, and gives each goroutine a stack, so that any function may wait; gevent\n"
        "  switches stacks as well. Both have their price: make bench has the figures.\n\n");
}
