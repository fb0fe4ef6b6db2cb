/* workers.c - processes that share a listening socket. */
#define _POSIX_C_SOURCE 200809L

#include "workers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen.h"
#include "io.h"
#include "server.h"
#include "sockets.h"
#include "support/http.h"
#include "support/story.h"
#include "timer.h"

static const struct service *service;
static serve_function *serve_one;
static pid_t workers[WORKERS_MAX]; /* 0: there is none */
static int pulses[WORKERS_MAX]; /* of each worker: a pipe's reading end, which ends when it does */
static int n_workers;
static int own_slot; /* in a worker: which one it is */
/* Ends when the program does, however it ends: then the workers end, too. */
static int life_pipe[2];

/* --- processes */

/* Ends this worker, at once, when the program has ended. */
static void *end_with_program(void *arg)
{
    char byte;

    while (read(life_pipe[0], &byte, 1) == -1 && errno == EINTR)
        ;
    _exit(1);
    return arg;
}

/* Starts the worker in SLOT. */
static void start_worker(int slot)
{
    pthread_t thread;
    int pulse[2];

    fflush(NULL);
    if (pipe(pulse) == -1 || (workers[slot] = fork()) == -1)
        die("cannot start a worker: %s", strerror(errno));
    pulses[slot] = pulse[0];
    if (workers[slot] > 0) {
        close(pulse[1]);
        return;
    }
    story_silence();
    signal(SIGCHLD, SIG_DFL);
    close(life_pipe[1]);
    if (pthread_create(&thread, NULL, end_with_program, NULL) != 0)
        die("cannot start a worker: out of threads");
    own_slot = slot;
    serve_one(service);
    _exit(0);
}

static void start_workers(const struct service *what, serve_function *serve, int n)
{
    service = what;
    serve_one = serve;
    n_workers = n;
    if (pipe(life_pipe) == -1)
        die("cannot start workers: %s", strerror(errno));
    for (int slot = 0; slot < n; slot++)
        start_worker(slot);
}

/* Whether the program is told to stop. */
static bool stops(void)
{
    struct pollfd stop = {.fd = service->stop, .events = POLLIN};

    while (poll(&stop, 1, 0) == -1 && errno == EINTR)
        ;
    return stop.revents != 0;
}

/* Waits until a worker has ended. Returns its slot. */
static int wait_for_worker(void)
{
    struct pollfd fds[WORKERS_MAX];
    int slot = 0;

    for (int i = 0; i < n_workers; i++)
        fds[i] = (struct pollfd){.fd = workers[i] == 0 ? -1 : pulses[i], .events = POLLIN};
    while (poll(fds, (nfds_t)n_workers, -1) == -1)
        if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
    while (fds[slot].revents == 0)
        slot++;
    return slot;
}

/* Waits until a worker has ended, and replaces it unless the program stops. */
static void tend_worker(void)
{
    int slot = wait_for_worker();
    int status = 0;

    close(pulses[slot]);
    while (waitpid(workers[slot], &status, 0) == -1 && errno == EINTR)
        ;
    workers[slot] = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && WEXITSTATUS(status) < 128)
        die("a worker has failed"); /* from 128 on, it has been told twice to end */
    if (!stops())
        start_worker(slot);
}

/* Tends the workers until all have ended. */
static void tend_workers(void)
{
    for (int slot = 0; slot < n_workers; slot++)
        while (workers[slot] != 0)
            tend_worker();
    close(life_pipe[0]);
    close(life_pipe[1]);
}

void serve_in_workers(const struct service *what, serve_function *serve, int n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (n == 0)
        n = cores > 0 ? (int)cores : 1;
    if (n == 1) {
        serve(what);
        return;
    }
    start_workers(what, serve, n < WORKERS_MAX ? n : WORKERS_MAX);
    tend_workers();
}

/* --- the demo. A worker reports what it does, waits for our word before it answers, and names are
 * given here, in the order in which workers let clients in. */

enum event { LET_IN, ANSWERED };

struct report {
    int slot;
    enum event event;
};

static int reports[2];  /* from the workers */
static int words[2][2]; /* to each slot */

static void report(enum event event)
{
    const struct report report = {.slot = own_slot, .event = event};

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
    while (read(words[own_slot][0], text, 1) == -1 && errno == EINTR)
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
        fds[1 + slot].fd = workers[slot] == 0 ? -1 : pulses[slot];
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
    tend_worker();
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
    start_workers(&stoppable, serve_busy, 2);
    first = hear(LET_IN);
    tell(1, RUNNING, "is let in by worker 1, which computes");
    second = hear(LET_IN);
    tell(2, RUNNING, "is let in by worker 2, which computes on another core");
    kill(workers[first], SIGKILL);
    tend_worker();
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
    tend_workers();
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

void show_workers(void)
{
    story_begin("#%d", "workers: two processes that share the listening socket");
    story_name(4, "Ctrl-C");
    service_demo(tell_of_workers, ask_workers, 3);
    story_timeline();
    story_end();
    say("  One process uses one core. Each worker is a whole program of its own: what it\n"
        "  computes, or that it is killed, concerns none of the others.\n\n");
}
