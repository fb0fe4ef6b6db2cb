/* pool.c - futures that other threads fill. */
#define _POSIX_C_SOURCE 200809L

#include "pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "future.h"
#include "loop.h"
#include "support/story.h"

enum { THREADS_MAX = 4 };

/* One call of a function on a thread. The pool holds a reference to it until the loop has been told
 * that it is done, for a thread cannot be stopped. */
struct job {
    struct future future;
    job_function *function;
    void *arg;
    struct value result;
    struct soon finished;
    struct job *queued; /* the next in the queue */
    struct job *next;   /* among all jobs */
    struct job **link;  /* the pointer that points here */
};

static struct job *jobs; /* all that are not finished, the newest first */
static pthread_t threads[THREADS_MAX];
static int n_threads;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* over what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct job *queue; /* those that no thread has begun, the oldest first */
static struct job **queue_end = &queue;
static bool closing;

/* Waits for the next job, and takes it off the queue. Returns NULL when the pool closes. */
static struct job *take_job(void)
{
    struct job *job;

    pthread_mutex_lock(&mutex);
    while (queue == NULL && !closing)
        pthread_cond_wait(&changed, &mutex);
    job = closing ? NULL : queue;
    if (job != NULL) {
        queue = job->queued;
        if (queue == NULL)
            queue_end = &queue;
    }
    pthread_mutex_unlock(&mutex);
    return job;
}

static void *run_jobs(void *arg)
{
    struct job *job;

    while ((job = take_job()) != NULL) {
        job->result = job->function(job->arg);
        story_wait(THREADS); /* in a demo: not before its time */
        loop_call_soon_threadsafe(&job->finished);
    }
    return arg;
}

static void forget(struct job *job)
{
    *job->link = job->next;
    if (job->next != NULL)
        job->next->link = job->link;
    future_unref(&job->future);
}

/* In the loop again: a thread has finished ARG, a job. */
static void finish_job(void *arg)
{
    struct job *job = arg;
    struct value refused = future_set_result(&job->future, job->result);

    if (refused.tag == ERROR && refused.code == TYPE_ERROR)
        future_set_error(&job->future, refused); /* else it has been cancelled meanwhile */
    forget(job);
}

/* Starts one thread more, up to the few that there shall be; signals are not for them. Returns
 * false if there is none. */
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
    struct job *job = future_new(sizeof *job, NULL);

    if (job == NULL)
        return error(503, "out of memory");
    if (!start_thread()) {
        future_unref(&job->future);
        return error(503, "out of threads");
    }
    job->function = function;
    job->arg = arg;
    job->finished.call = finish_job;
    job->finished.arg = job;
    job->next = jobs;
    job->link = &jobs;
    if (jobs != NULL)
        jobs->link = &job->next;
    jobs = job;
    future_ref(&job->future);
    loop_expect();
    pthread_mutex_lock(&mutex);
    *queue_end = job;
    queue_end = &job->queued;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    return future(&job->future);
}

void pool_close(void)
{
    pthread_mutex_lock(&mutex);
    closing = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    while (n_threads > 0)
        pthread_join(threads[--n_threads], NULL);
    closing = false;
    queue = NULL;
    queue_end = &queue;
    while (jobs != NULL)
        forget(jobs);
}
