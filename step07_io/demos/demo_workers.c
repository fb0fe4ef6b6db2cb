/* demo_workers.c - two processes, one of which is killed. */
#define _POSIX_C_SOURCE 200809L

#include "demos.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../await.h"
#include "../io.h"
#include "../server.h"
#include "../sockets.h"
#include "../support/http.h"
#include "../support/story.h"
#include "../timer.h"
#include "../workers.h"

/* A worker reports what it does, and waits for our word before it answers. Names are given here, in
 * the order in which workers let clients in. */

enum event { LET_IN, ANSWERED };

struct report {
    int slot;
    enum event event;
};

static int reports[2];  /* from the workers */
static int words[2][2]; /* to each slot */

static void report(enum event event)
{
    const struct report report = {.slot = workers_own_slot(), .event = event};

    while (write(reports[1], &report, sizeof report) == -1 && errno == EINTR)
        ;
}

struct busy {
    struct client client;
    struct value got;
};

/* Computes for 300 ms without yielding, which keeps this process busy, and answers at our word. */
static struct value busy_body(struct gen *gen, struct value sent)
{
    static char text[HEAD_MAX];
    struct busy *f = (struct busy *)gen;
    struct answer answer = http_ok("done");
    long long until;

    BEGIN(ASKED, SENT)
    f->client.tid = io_running()->tid;
    f->client.busy = true;
    AWAIT(ASKED, f->got, recv_some(f->client.fd, text, sizeof text, FOREVER));
    report(LET_IN);
    until = timer_now() + story_delay(300);
    while (timer_now() < until)
        ;
    while (read(words[workers_own_slot()][0], text, 1) == -1 && errno == EINTR)
        ;
    AWAIT(SENT, f->got,
          send_all(f->client.fd, text, http_format_response(text, sizeof text, &answer), FOREVER));
    report(ANSWERED);
    RETURN(none());
    END
}

static struct client *busy_client(int fd, int id)
{
    return client_new(sizeof(struct busy), "busy", busy_body, fd, id);
}

static void serve_busy(const struct service *what)
{
    serve_clients(what, busy_client, NULL);
}

/* Waits for the next report. Returns the slot of the worker. */
static int hear(enum event event)
{
    struct pollfd fds[3] = {{.fd = reports[0], .events = POLLIN}};
    struct report report;
    ssize_t n;

    for (int slot = 0; slot < 2; slot++)
        fds[1 + slot].fd = workers_pulse(slot);
    while (poll(fds, 3, -1) == -1 && errno == EINTR)
        ;
    if (fds[0].revents == 0)
        die("a worker has failed");
    do
        n = read(reports[0], &report, sizeof report);
    while (n == -1 && errno == EINTR);
    if (n != sizeof report || report.event != event)
        die("a worker has reported something else");
    return report.slot;
}

/* Lets the worker in SLOT answer, and waits until it has. */
static void let_answer(int slot)
{
    while (write(words[slot][1], "", 1) == -1 && errno == EINTR)
        ;
    hear(ANSWERED);
    workers_tend_one();
}

static void tell_of_workers(const struct service *what)
{
    struct service stoppable = *what;
    int stop[2];
    int first, second, third;

    if (pipe(stop) == -1 || pipe(reports) == -1 || pipe(words[0]) == -1 || pipe(words[1]) == -1)
        die("cannot make a pipe: %s", strerror(errno));
    stoppable.stop = stop[0];
    stoppable.requests = 0;
    workers_start(&stoppable, serve_busy, 2);
    first = hear(LET_IN);
    tell(1, RUNNING, "is let in by worker 1, which computes");
    second = hear(LET_IN);
    tell(2, RUNNING, "is let in by worker 2, which computes on another core");
    kill(workers_pid(first), SIGKILL);
    workers_tend_one();
    tell(1, GONE, "is lost: worker 1 is killed, and replaced");
    third = hear(LET_IN);
    tell(3, RUNNING, "is let in by worker 3, the new one");
    tell(4, GONE, "is pressed: nobody is let in any more");
    while (write(stop[1], "", 1) == -1 && errno == EINTR)
        ;
    let_answer(second);
    tell(2, GONE, "is answered by worker 2");
    let_answer(third);
    tell(3, GONE, "is answered by worker 3");
    workers_tend();
    for (int end = 0; end < 2; end++) {
        close(stop[end]);
        close(reports[end]);
        close(words[0][end]);
        close(words[1][end]);
    }
}

static const struct act ask_workers[] = {
    {.who = CLIENT, .path = "/"},
    {.who = CLIENT, .path = "/", .after = "#1 is let in"},
    {.who = CLIENT, .path = "/", .after = "#1 is lost"},
    {.path = NULL},
};

void demo_workers(void)
{
    story_begin("#%d", "workers: two processes that share the listening socket");
    story_name(4, "Ctrl-C");
    service_demo(tell_of_workers, ask_workers, 3);
    story_timeline();
    story_end();
    say("  One process uses one core. Each worker is a whole program of its own: what it\n"
        "  computes, or that it is killed, concerns none of the others.\n\n");
}
