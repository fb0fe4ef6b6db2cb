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

#include "support/story.h"

static const struct service *service;
static serve_function *serve_one;
static pid_t workers[WORKERS_MAX]; /* 0: there is none */
static int pulses[WORKERS_MAX]; /* of each worker: a pipe's reading end, which ends when it does */
static int n_workers;
static int own_slot; /* in a worker: which one it is */
/* Ends when the program does, however it ends: then the workers end, too. */
static int life_pipe[2];

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

void workers_start(const struct service *what, serve_function *serve, int n)
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
        fds[i] = (struct pollfd){.fd = workers_pulse(i), .events = POLLIN};
    while (poll(fds, (nfds_t)n_workers, -1) == -1)
        if (errno != EINTR)
            die("cannot poll: %s", strerror(errno));
    while (fds[slot].revents == 0)
        slot++;
    return slot;
}

void workers_tend_one(void)
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

void workers_tend(void)
{
    for (int slot = 0; slot < n_workers; slot++)
        while (workers[slot] != 0)
            workers_tend_one();
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
    workers_start(what, serve, n < WORKERS_MAX ? n : WORKERS_MAX);
    workers_tend();
}

int workers_own_slot(void)
{
    return own_slot;
}

pid_t workers_pid(int slot)
{
    return workers[slot];
}

int workers_pulse(int slot)
{
    return workers[slot] == 0 ? -1 : pulses[slot];
}
