/* pool.c - futures that other threads fill. */
#define _POSIX_C_SOURCE 200809L

#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "future.h"
#include "loop.h"
#include "support/net.h"
#include "support/story.h"

enum { THREADS_MAX = 4 };

/* One call of a function on a thread. Until the loop has filled it, the pool holds a reference to
 * it, because a thread cannot be stopped. */
struct job {
    struct future future;
    job_function *function;
    void *arg;
    struct value result;
    struct job *next; /* in the list in which it is */
};

/* A list, the oldest first. */
struct jobs {
    struct job *first, *last;
};

static pthread_t threads[THREADS_MAX];
static int n_threads;
static int wake_pipe[2]; /* there is something to read when there is something in done */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* over what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct jobs queue; /* those that no thread has begun */
static struct jobs done;  /* those that the loop has not filled yet */
static enum { CLOSED, OPEN, CLOSING } state;

static void append(struct jobs *jobs, struct job *job)
{
    job->next = NULL;
    if (jobs->first == NULL)
        jobs->first = job;
    else
        jobs->last->next = job;
    jobs->last = job;
}

/* Waits for the next job, and takes it off the queue. Returns NULL when the pool closes. */
static struct job *take_job(void)
{
    struct job *job;

    pthread_mutex_lock(&mutex);
    while (queue.first == NULL && state == OPEN)
        pthread_cond_wait(&changed, &mutex);
    job = state == OPEN ? queue.first : NULL;
    if (job != NULL)
        queue.first = job->next;
    pthread_mutex_unlock(&mutex);
    return job;
}

/* JOB is done: wakes the loop. */
static void hand_back(struct job *job)
{
    bool was_empty;

    pthread_mutex_lock(&mutex);
    was_empty = done.first == NULL;
    append(&done, job);
    pthread_mutex_unlock(&mutex);
    while (was_empty && write(wake_pipe[1], "", 1) == -1 && errno == EINTR)
        ;
}

static void *run_jobs(void *arg)
{
    struct job *job;

    while ((job = take_job()) != NULL) {
        job->result = job->function(job->arg);
        story_wait(THREADS); /* in a demo: not before its time */
        hand_back(job);
    }
    return arg;
}

/* The loop calls it when threads have finished jobs. */
static void fill_done(void *arg)
{
    struct job *job, *next;
    char bytes[64];

    (void)arg;
    if (read(wake_pipe[0], bytes, sizeof bytes) == -1)
        return;
    pthread_mutex_lock(&mutex);
    job = done.first;
    done.first = NULL;
    pthread_mutex_unlock(&mutex);
    for (; job != NULL; job = next) {
        struct value refused = future_set_result(&job->future, job->result);

        if (refused.tag == ERROR) /* what cannot be a result becomes the error that says so */
            future_set_error(&job->future, refused);
        next = job->next;
        future_unref(&job->future);
    }
}

void pool_open(void)
{
    if (state != CLOSED)
        die("pool: opened twice");
    if (pipe(wake_pipe) == -1 || !net_set_blocking(wake_pipe[0], false))
        die("cannot set up the threads: %s", strerror(errno));
    loop_register(wake_pipe[0], POLLIN, fill_done, NULL);
    state = OPEN;
}

/* Starts one more thread, as long as there are few; signals are not for them. Returns false if
 * there is none at all. */
static bool start_thread(void)
{
    sigset_t all, before;

    if (n_threads == THREADS_MAX)
        return true;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    if (pthread_create(&threads[n_threads], NULL, run_jobs, NULL) == 0)
        n_threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return n_threads > 0;
}

struct value run_in_thread(job_function *function, void *arg)
{
    struct job *job;

    if (state != OPEN)
        die("pool: it is not open");
    job = future_new(sizeof *job, NULL);
    if (job == NULL)
        return error(503, "out of memory");
    if (!start_thread()) {
        future_unref(&job->future);
        return error(503, "out of threads");
    }
    job->function = function;
    job->arg = arg;
    future_ref(&job->future);
    pthread_mutex_lock(&mutex);
    append(&queue, job);
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    return future(&job->future);
}

static void forget(struct jobs *jobs)
{
    while (jobs->first != NULL) {
        struct job *job = jobs->first;

        jobs->first = job->next;
        future_unref(&job->future);
    }
}

void pool_close(void)
{
    if (state != OPEN)
        die("pool: it is not open");
    pthread_mutex_lock(&mutex);
    state = CLOSING;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    while (n_threads > 0)
        pthread_join(threads[--n_threads], NULL);
    forget(&queue);
    forget(&done);
    state = CLOSED;
    loop_unregister(wake_pipe[0]);
    close(wake_pipe[0]);
    close(wake_pipe[1]);
}
