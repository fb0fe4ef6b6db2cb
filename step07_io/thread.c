/* thread.c - a computation on a thread, awaited through a pipe. */
#define _POSIX_C_SOURCE 200809L

#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "await.h"
#include "io.h"
#include "support/net.h"
#include "support/story.h"

/* What the thread is given; it is the thread's. */
struct job {
    job_function *function;
    void *arg;
    int out; /* the pipe's end to write the result into */
};

static void *run_job(void *arg)
{
    struct job *job = arg;
    struct value result = job->function(job->arg);
    int out = job->out;

    free(job);
    story_wait(THREADS); /* in a demo: not before its time */
    while (write(out, &result, sizeof result) == -1 && errno == EINTR)
        ;
    close(out); /* if nobody has read it: whoever waited was killed */
    return NULL;
}

/* Starts a thread for JOB, without signals, which are not for it. */
static bool start_thread(struct job *job)
{
    sigset_t all, before;
    pthread_t thread;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    started = pthread_create(&thread, NULL, run_job, job) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        pthread_detach(thread);
    return started;
}

/* Starts a thread that will write what FUNCTION makes of ARG into a pipe. Returns the end to read
 * from, or -1. */
static int start_job(job_function *function, void *arg)
{
    struct job *job = malloc(sizeof *job);
    int fds[2];

    if (job == NULL || pipe(fds) == -1) {
        free(job);
        return -1;
    }
    *job = (struct job){.function = function, .arg = arg, .out = fds[1]};
    if (net_set_blocking(fds[0], false) && start_thread(job))
        return fds[0];
    close(fds[0]);
    close(fds[1]);
    free(job);
    return -1;
}

struct run {
    struct gen gen;
    job_function *function;
    void *arg;
    int in; /* the pipe's end to read from, or -1 */
    struct value got;
};

static struct value run_body(struct gen *gen, struct value sent)
{
    struct run *f = (struct run *)gen;
    struct value result;
    ssize_t n;

    BEGIN(READABLE)
    f->in = start_job(f->function, f->arg);
    if (f->in == -1)
        RAISE(error(503, "no thread can be started"));
    do {
        AWAIT(READABLE, f->got, ReadWait(f->in, FOREVER));
        n = net_read(f->in, &result, sizeof result);
    } while (n == -1 && net_not_ready());
    if (n != sizeof result)
        RAISE(error(500, "the thread has given nothing"));
    if (result.tag == ERROR)
        RAISE(result);
    RETURN(result);
    END
}

static void run_drop(struct gen *gen)
{
    io_close_fd(((struct run *)gen)->in);
}

struct value run_in_thread(job_function *function, void *arg)
{
    struct run *f = gen_new(sizeof *f, "run_in_thread", run_body, run_drop);

    if (f == NULL)
        return error(503, "out of memory");
    f->function = function;
    f->arg = arg;
    f->in = -1;
    return generator(&f->gen);
}
