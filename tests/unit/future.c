/* future.c - tests of futures, of what fills them, and of the loop that calls who waits for them
 * (step 5 on). Prints what happens; takes a seed for the random part, or the name of what stops the
 * program. */
#define _POSIX_C_SOURCE 200809L

#include "future.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "await.h"
#include "gen.h"
#include "loop.h"
#include "pool.h"
#include "sleep.h"
#include "soon.h"
#include "timer.h"

enum { SLEEPERS = 10000, JOBS = 100, CALLS = 1000 };

static void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static void say(const char *what, struct value value)
{
    static const char *const errors[] = {
        [INVALID_STATE] = "INVALID_STATE", [TYPE_ERROR] = "TYPE_ERROR",
        [VALUE_ERROR] = "VALUE_ERROR",     [CANCELLED] = "CANCELLED",
        [RUNTIME_ERROR] = "RUNTIME_ERROR", [GENERATOR_EXIT] = "GENERATOR_EXIT",
    };

    printf("  %s: ", what);
    if (value.tag == ERROR)
        printf("%s%s%s\n", errors[value.code], *value.text == '\0' ? "" : ", ", value.text);
    else if (value.tag == INTEGER)
        printf("%ld\n", value.integer);
    else
        printf("%s\n", value.tag == NONE ? "none" : "something");
}

/* --- what the tests wait with */

struct waiter {
    struct handle handle;
    const char *name;
    struct future *future;
    struct waiter *next; /* who is to wait for the same future then */
};

static void listen_to(struct waiter *waiter, struct future *future)
{
    waiter->handle.arg = waiter;
    waiter->future = future;
    future_add_done_callback(future, &waiter->handle);
}

static void hear(void *arg)
{
    struct waiter *waiter = arg;

    say(waiter->name, future_result(waiter->future));
    if (waiter->next != NULL)
        listen_to(waiter->next, waiter->future);
}

static void hear_and_stop(void *arg)
{
    hear(arg);
    loop_stop();
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets the loop turn once. */
static void turn(void)
{
    static struct handle last = {.call = stop};

    printf("  (the loop turns)\n");
    call_soon(&last);
    loop_run();
}

/* Lets the loop turn until FUTURE is done, says its result, and gives it back. */
static void finish(const char *name, struct value future)
{
    struct waiter waiter = {.handle = {.call = hear_and_stop}, .name = name};

    if (future.tag != FUTURE)
        fail("there is no future");
    listen_to(&waiter, future.future);
    loop_run();
    future_unref(future.future);
}

static int n_told; /* so often a filler has been told to stop */

static void tell_filler(struct future *future)
{
    if (future->references < 0)
        fail("it is no future any more");
    n_told++;
}

static void cancel(struct future *future)
{
    bool cancelled = future_cancel(future);

    printf("  cancelled: %s; its work was stopped: %d\n", cancelled ? "yes" : "no", n_told);
}

static struct future *made(void)
{
    struct future *future = future_new(sizeof *future, tell_filler);

    if (future == NULL)
        fail("no memory");
    n_told = 0;
    return future;
}

/* --- futures by themselves */

static void test_results(void)
{
    struct future *future = made();

    printf("a result\n");
    say("read early", future_result(future));
    say("filled with no error as an error", future_set_error(future, integer(1)));
    say("read early", future_result(future));
    say("filled", future_set_result(future, integer(42)));
    say("read", future_result(future));
    say("read again", future_result(future));
    say("filled twice", future_set_result(future, integer(43)));
    say("failed then", future_set_error(future, error(VALUE_ERROR, "too late")));
    cancel(future);
    say("read", future_result(future));
    future_unref(future);
    printf("  its work was stopped: %d\n", n_told);

    printf("an error\n");
    future = made();
    say("failed", future_set_error(future, error(VALUE_ERROR, "of the filler")));
    say("filled then", future_set_result(future, integer(43)));
    say("failed twice", future_set_error(future, error(TYPE_ERROR, "another")));
    say("read", future_result(future));
    future_unref(future);
    printf("  its work was stopped: %d\n", n_told);
}

static void test_callbacks(void)
{
    struct future *future = made();
    struct waiter fourth = {.handle = {.call = hear}, .name = "a fourth, whom the third adds"};
    struct waiter first = {.handle = {.call = hear}, .name = "the first"};
    struct waiter second = {.handle = {.call = hear}, .name = "the second"};
    struct waiter third = {.handle = {.call = hear}, .name = "the third", .next = &fourth};
    struct waiter late = {.handle = {.call = hear}, .name = "one that came too late"};

    printf("callbacks\n");
    listen_to(&first, future);
    listen_to(&second, future);
    listen_to(&third, future);
    turn();
    say("filled", future_set_result(future, integer(42)));
    turn();
    turn();
    listen_to(&late, future);
    printf("  added when it is done\n");
    turn();
    future_unref(future);

    printf("nobody waits\n");
    future = made();
    say("filled", future_set_result(future, none()));
    turn();
    future_unref(future);
}

static struct waiter *forgotten;

static void hear_and_forget(void *arg)
{
    hear(arg);
    cancel_soon(&forgotten->handle);
}

static void test_forget(void)
{
    struct future *future = made();
    struct waiter first = {.handle = {.call = hear_and_forget}, .name = "the first"};
    struct waiter second = {.handle = {.call = hear}, .name = "the second"};
    struct waiter third = {.handle = {.call = hear}, .name = "the third"};
    struct waiter fourth = {.handle = {.call = hear}, .name = "the fourth"};

    printf("who waits is forgotten: the second before it is filled, the last on the ready list\n");
    listen_to(&first, future);
    listen_to(&second, future);
    listen_to(&third, future);
    listen_to(&fourth, future);
    cancel_soon(&second.handle);
    cancel_soon(&second.handle);
    say("filled", future_set_result(future, integer(42)));
    cancel_soon(&fourth.handle);
    forgotten = &fourth;
    turn();

    printf("the first forgets the third, which is to be called in the same turn\n");
    listen_to(&first, future);
    listen_to(&second, future);
    listen_to(&third, future);
    forgotten = &third;
    turn();
    listen_to(&third, future);
    turn();
    future_unref(future);
}

static void test_cancel(void)
{
    struct future *future = made();
    struct waiter waiter = {.handle = {.call = hear}, .name = "who waits"};
    struct waiter late = {.handle = {.call = hear}, .name = "who comes later"};

    printf("cancelled\n");
    listen_to(&waiter, future);
    cancel(future);
    say("read", future_result(future));
    say("filled then", future_set_result(future, integer(42)));
    say("failed then", future_set_error(future, error(VALUE_ERROR, "too late")));
    cancel(future);
    listen_to(&late, future);
    turn();
    future_unref(future);
    printf("  given back, its work was stopped: %d\n", n_told);

    printf("cancelled, with nobody to be told\n");
    future = future_new(sizeof *future, NULL);
    if (future == NULL)
        fail("no memory");
    printf("  cancelled: %d\n", future_cancel(future));
    say("read", future_result(future));
    future_unref(future);
}

static struct value no_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(none());
    END
}

static void test_references(void)
{
    struct future *inner = made(), *outer;
    struct gen *gen = gen_new(sizeof *gen, "generator", no_body, NULL);

    if (gen == NULL)
        fail("no memory");

    printf("references\n");
    future_ref(inner);
    if (future_share(future(inner)).future != inner)
        fail("another future is shared");
    say("what is no future is shared as it is", future_share(integer(5)));
    future_unref(inner);
    future_unref(inner);
    printf("  two of three given back, its work was stopped: %d\n", n_told);
    future_unref(inner);
    printf("  the last one while it is pending, its work was stopped: %d\n", n_told);

    inner = made();
    future_set_result(inner, none());
    future_unref(inner);
    printf("  the last one when it is done, its work was stopped: %d\n", n_told);

    printf("a result that can have one owner only\n");
    say("a generator is shared", future_share(generator(gen)));
    outer = made();
    inner = made();
    say("filled with a future", future_set_result(outer, future(inner)));
    say("filled with a generator", future_set_result(outer, generator(gen)));
    say("read", future_result(outer));
    say("filled with a number", future_set_result(outer, integer(5)));
    future_unref(outer);
    future_unref(inner);
    gen_free(gen);
    future_unref(NULL);
    printf("  none is given back\n");
}

struct awaits {
    struct gen gen;
    struct value future, got;
};

static struct value awaits_body(struct gen *gen, struct value sent)
{
    struct awaits *f = (struct awaits *)gen;

    BEGIN(GOT)
    AWAIT_FINALLY(GOT, f->got, future_share(f->future));
    say("sent", f->got);
    if (f->got.tag == ERROR)
        RAISE(f->got);
    RETURN(f->got);
    END
}

static void drop_future(struct gen *gen)
{
    value_drop(((struct awaits *)gen)->future);
}

/* Delegates to one that awaits. */
static struct value delegates_body(struct gen *gen, struct value sent)
{
    struct awaits *f = (struct awaits *)gen, *inner;

    BEGIN(GOT)
    inner = gen_new(sizeof *inner, "awaits", awaits_body, drop_future);
    if (inner == NULL)
        fail("no memory");
    inner->future = future_share(f->future);
    YIELD_FROM(GOT, f->got, generator(&inner->gen));
    RETURN(f->got);
    END
}

static struct gen *delegates(struct future *awaited)
{
    struct awaits *f = gen_new(sizeof *f, "delegates", delegates_body, drop_future);
    struct value value;

    if (f == NULL)
        fail("no memory");
    f->future = future_share(future(awaited));
    value = gen_send(&f->gen, none());
    if (value.tag != FUTURE || value.future != awaited)
        fail("what is awaited is not yielded");
    future_unref(awaited); /* what was yielded */
    return &f->gen;
}

static void test_await(void)
{
    struct future *future = made();
    struct gen *gen;

    printf("awaited, two deep: it is yielded, and what is sent is the result\n");
    gen = delegates(future);
    say("returned", gen_send(gen, integer(42)));
    gen_free(gen);
    gen = delegates(future);
    say("raised", gen_send(gen, error(VALUE_ERROR, "of the filler")));
    gen_free(gen);
    gen = delegates(future);
    say("closed", gen_close(gen));
    gen_free(gen);
    gen_free(delegates(future));
    printf("  references that are left: %d\n", future->references);
    future_unref(future);
}

/* Catches what "except Exception" catches. */
static struct value catches_body(struct gen *gen, struct value sent)
{
    struct awaits *f = (struct awaits *)gen;

    BEGIN(GOT)
    AWAIT_CATCH(GOT, f->got, f->future);
    say("caught", f->got);
    RETURN(none());
    END
}

static struct gen *catches(struct value awaited)
{
    struct awaits *f = gen_new(sizeof *f, "catches", catches_body, NULL);

    if (f == NULL)
        fail("no memory");
    f->future = awaited;
    return &f->gen;
}

static void test_catch(void)
{
    static const int codes[] = {VALUE_ERROR, INVALID_STATE, CANCELLED, GENERATOR_EXIT};
    struct future *future = made();
    struct gen *gen;

    printf("what \"except Exception\" catches, and what it lets pass\n");
    for (int i = 0; i < 4; i++) {
        gen = catches(future_share((struct value){.tag = FUTURE, .future = future}));
        value_drop(gen_send(gen, none()));
        say("raised", gen_send(gen, error(codes[i], "sent")));
        gen_free(gen);
    }
    printf("  references that are left: %d\n", future->references);
    future_unref(future);

    printf("awaited: an error of its maker, and nothing\n");
    gen = catches(error(VALUE_ERROR, "its maker has failed"));
    say("returned", gen_send(gen, none()));
    gen_free(gen);
    gen = catches(none());
    say("returned", gen_send(gen, none()));
    gen_free(gen);
}

/* Sends itself a reference to its future while it runs. */
static struct value sends_itself_body(struct gen *gen, struct value sent)
{
    struct awaits *f = (struct awaits *)gen;

    BEGIN()
    say("one that runs", gen_send(gen, future_share(f->future)));
    RETURN(none());
    END
}

static void test_refused(void)
{
    struct value value = {.tag = FUTURE, .future = made()};
    struct awaits *runs = gen_new(sizeof *runs, "runs", sends_itself_body, NULL);
    struct gen *gen = gen_new(sizeof *gen, "generator", no_body, NULL);

    if (runs == NULL || gen == NULL)
        fail("no memory");
    printf("sent to one that does not take it, a reference is given back\n");
    runs->future = value;
    say("it has ended", gen_send(&runs->gen, none()));
    say("one that has not begun", gen_send(gen, future_share(value)));
    say("thrown", gen_throw(gen, future_share(value)));
    say("closed", gen_close(gen));
    say("one that has ended", gen_send(gen, future_share(value)));
    gen_free(gen);
    gen_free(&runs->gen);
    printf("  references that are left: %d\n", value.future->references);
    future_unref(value.future);
}

/* Whoever does the work holds the last reference, and gives it back when that is stopped. */
static void give_back(struct future *future)
{
    n_told++;
    future_unref(future);
}

static void test_last_reference(void)
{
    struct future *future = future_new(sizeof *future, give_back);
    bool cancelled;

    if (future == NULL)
        fail("no memory");
    n_told = 0;
    printf("cancelled, and what stops the work gives back the last reference\n");
    cancelled = future_cancel(future);
    printf("  cancelled: %d; its work was stopped: %d\n", cancelled, n_told);
}

/* --- timers */

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* One that sleeps, and when it should be woken: between these times, for it was made between
 * others. */
struct sleeper {
    struct handle handle;
    struct future *future;
    long long earliest, latest;
};

static struct sleeper sleepers[SLEEPERS];
static long long latest_of_all; /* the latest of the earliest times of those that have woken */
static int n_awake;

static void wake(void *arg)
{
    struct sleeper *sleeper = arg;

    if (now() < sleeper->earliest)
        fail("woken too early");
    if (sleeper->latest < latest_of_all)
        fail("woken after one that was due later");
    if (sleeper->earliest > latest_of_all)
        latest_of_all = sleeper->earliest;
    if (future_result(sleeper->future).tag != NONE)
        fail("that is not the result of a sleep");
    future_unref(sleeper->future);
    if (++n_awake == SLEEPERS)
        loop_stop();
}

static void test_sleepers(void)
{
    printf("%d sleepers\n", SLEEPERS);
    for (int i = 0; i < SLEEPERS; i++) {
        struct sleeper *sleeper = &sleepers[i];
        long long ns = rand() % 100 * 1000000LL;
        struct value value;

        sleeper->earliest = now() + ns;
        value = sleep_for(ns / 1000000);
        if (value.tag != FUTURE)
            fail("no memory");
        sleeper->latest = now() + ns;
        sleeper->future = value.future;
        sleeper->handle = (struct handle){.call = wake, .arg = sleeper};
        future_add_done_callback(sleeper->future, &sleeper->handle);
    }
    loop_run();
    printf("  all have woken when they were due, and in that order\n");
}

static void test_sleep(void)
{
    static const long far[] = {1000, 0x7fffffff, LONG_MAX};
    static const char *const names[] = {"a second", "2^31 - 1 ms", "for ever"};

    printf("sleep\n");
    say("a negative time", sleep_for(-1));
    say("the most negative time", sleep_for(LONG_MIN));
    finish("no time", sleep_for(0));
    for (int ms = 0; ms < 20; ms++) {
        long long began = now();
        struct waiter waiter = {.handle = {.call = stop}};
        struct value value = sleep_for(ms);

        if (value.tag != FUTURE)
            fail("no memory");
        listen_to(&waiter, value.future);
        loop_run();
        if (now() - began < ms * 1000000LL)
            fail("a sleep was too short");
        future_unref(value.future);
    }
    printf("  0 to 19 ms take no less\n");
    for (int i = 0; i < 3; i++) {
        struct value value = sleep_for(far[i]);

        say(names[i], future_result(value.future));
        future_ref(value.future);
        if (!future_cancel(value.future))
            fail("it cannot be cancelled");
        printf("  cancelled, nobody waits: %d\n", timer_next());
        future_unref(value.future);
        say("read", future_result(value.future));
        future_unref(value.future);
        value = sleep_for(far[i]);
        future_unref(value.future);
        printf("  given back while it is pending, nobody waits: %d\n", timer_next());
    }
}

/* --- the ready list */

static int pipe_ends[2], n_calls, n_again;
static struct handle soons[CALLS];

static void count_call(void *arg)
{
    if (arg != &soons[n_calls])
        fail("called in the wrong order");
    if (++n_calls == CALLS)
        loop_stop();
}

static void call_again(void *arg)
{
    n_again++;
    call_soon(arg);
}

static void hear_pipe(void *arg)
{
    (void)arg;
    loop_unregister(pipe_ends[0]);
    loop_stop();
}

static void test_call_soon(void)
{
    struct handle again = {.call = call_again, .arg = &again};
    struct handle last = {.call = stop};

    printf("the ready list\n");
    for (int i = 0; i < CALLS; i++) {
        soons[i] = (struct handle){.call = count_call, .arg = &soons[i]};
        call_soon(&soons[i]);
    }
    loop_run();
    printf("  %d calls, in order\n", n_calls);
    if (pipe(pipe_ends) == -1 || write(pipe_ends[1], "x", 1) != 1)
        fail("no pipe");
    loop_register(pipe_ends[0], POLLIN, hear_pipe, NULL);
    call_soon(&again);
    loop_run();
    printf("  one that calls itself again and again: a descriptor is heard after %d\n", n_again);
    finish("and a timer", sleep_for(1));
    call_soon(&last);
    n_again = 0;
    loop_run();
    printf("  and another on the list after %d\n", n_again);
    again.call = stop; /* it still stands there */
    loop_run();
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

/* --- other threads */

static pthread_t main_thread;

/* A gate at which jobs wait. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool gate_is_open;
static int n_begun, n_ended;

static void open_gate(bool is_open)
{
    pthread_mutex_lock(&mutex);
    gate_is_open = is_open;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static struct value pass_gate(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    n_begun++;
    pthread_cond_broadcast(&changed);
    while (!gate_is_open)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    return integer(1);
}

/* Waits until a job stands at the gate. */
static void await_begin(void)
{
    pthread_mutex_lock(&mutex);
    while (n_begun == 0)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

static struct value make_square(void *arg)
{
    long *n = arg;

    return integer(*n * *n);
}

static struct value fail_to(void *arg)
{
    (void)arg;
    return error(RUNTIME_ERROR, "the job has failed");
}

static struct value return_generator(void *arg)
{
    static struct gen gen;

    (void)arg;
    return generator(&gen);
}

static struct value find_thread(void *arg)
{
    (void)arg;
    return integer(pthread_equal(pthread_self(), main_thread));
}

static void test_jobs(void)
{
    struct value squares[JOBS];
    static long numbers[JOBS], six = 6;
    long sum = 0;

    printf("jobs\n");
    finish("a result", run_in_thread(make_square, &six));
    finish("an error", run_in_thread(fail_to, NULL));
    finish("a generator", run_in_thread(return_generator, NULL));
    finish("is it on the thread of the loop", run_in_thread(find_thread, NULL));
    for (int i = 0; i < JOBS; i++) {
        numbers[i] = i + 1;
        squares[i] = run_in_thread(make_square, &numbers[i]);
        if (squares[i].tag != FUTURE)
            fail("no thread");
    }
    for (int i = 0; i < JOBS; i++) {
        struct waiter waiter = {.handle = {.call = stop}};

        listen_to(&waiter, squares[i].future);
        loop_run();
        sum += future_result(squares[i].future).integer;
        future_unref(squares[i].future);
    }
    printf("  the sum of %d squares: %ld\n", JOBS, sum);
}

/* A gate for each of the threads. */
enum { THREADS = 4 };

static bool is_open[THREADS];
static int n_standing;              /* so many jobs have come to a gate */
static int begun[JOBS], n_in_order; /* the jobs, as they have begun */
static int heard[JOBS], n_heard;    /* the jobs, as their results have come */

static struct value stand_at(void *arg)
{
    const bool *gate = arg;

    pthread_mutex_lock(&mutex);
    n_standing++;
    pthread_cond_broadcast(&changed);
    while (!*gate)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    return none();
}

static void open_one(bool *gate)
{
    pthread_mutex_lock(&mutex);
    *gate = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static struct value note_begin(void *arg)
{
    const int *number = arg;

    pthread_mutex_lock(&mutex);
    begun[n_in_order++] = *number;
    pthread_mutex_unlock(&mutex);
    return none();
}

static void note_result(void *arg)
{
    heard[n_heard++] = (int)((struct handle *)arg - soons);
    if (n_heard == JOBS)
        loop_stop();
}

/* All threads but one are kept busy, so that this one does all the jobs. */
static void test_job_order(void)
{
    static int numbers[JOBS];
    struct value gates[THREADS], jobs[JOBS];
    int n_wrong = 0;

    printf("jobs begin in the order in which they were queued, and so their results come\n");
    for (int i = 0; i < THREADS; i++)
        gates[i] = run_in_thread(stand_at, &is_open[i]);
    pthread_mutex_lock(&mutex);
    while (n_standing < THREADS)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < JOBS; i++) {
        numbers[i] = i;
        jobs[i] = run_in_thread(note_begin, &numbers[i]);
        if (jobs[i].tag != FUTURE)
            fail("no thread");
        soons[i] = (struct handle){.call = note_result, .arg = &soons[i]};
        future_add_done_callback(jobs[i].future, &soons[i]);
    }
    open_one(&is_open[0]);
    loop_run();
    for (int i = 0; i < JOBS; i++)
        n_wrong += begun[i] != i || heard[i] != i;
    printf("  %d have begun, in the wrong order %d\n", n_in_order, n_wrong);
    for (int i = 0; i < THREADS; i++)
        open_one(&is_open[i]);
    for (int i = 0; i < THREADS; i++)
        finish("a thread is free", gates[i]);
    for (int i = 0; i < JOBS; i++)
        future_unref(jobs[i].future);
}

static void wait_until_alone(void *arg)
{
    struct waiter *waiter = arg;

    if (waiter->future->references == 1)
        loop_stop();
    else
        call_soon(&waiter->handle);
}

static void test_cancelled_job(void)
{
    struct value job = run_in_thread(pass_gate, NULL);
    struct waiter waiter = {.handle = {.call = hear}, .name = "who waits"};
    struct waiter other = {.handle = {.call = wait_until_alone}, .future = job.future};

    printf("a job that is cancelled while it runs\n");
    if (job.tag != FUTURE)
        fail("no thread");
    await_begin();
    listen_to(&waiter, job.future);
    printf("  cancelled: %d\n", future_cancel(job.future));
    turn();
    open_gate(true);
    other.handle.arg = &other;
    call_soon(&other.handle);
    loop_run(); /* until the pool has given it back */
    say("read when the thread has finished it", future_result(job.future));
    future_unref(job.future);
}

/* Takes a while, as a job should. */
static struct value pass_gate_slowly(void *arg)
{
    long long end;
    struct value value = pass_gate(arg);

    for (end = now() + 3000000; now() < end;)
        ;
    pthread_mutex_lock(&mutex);
    n_ended++;
    pthread_mutex_unlock(&mutex);
    return value;
}

/* Some run, the others wait for a thread; nobody wants the results, and the pool closes. */
static void test_dropped_jobs(void)
{
    struct value jobs[JOBS];

    printf("jobs that nobody wants any more\n");
    open_gate(false);
    n_begun = n_ended = 0;
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = run_in_thread(pass_gate_slowly, NULL);
        if (jobs[i].tag != FUTURE)
            fail("no thread");
    }
    await_begin();
    for (int i = 0; i < JOBS; i += 2)
        future_unref(jobs[i].future);
    open_gate(true);
    pool_close();
    printf("  the pool is closed: what has begun has ended: %d\n", n_begun == n_ended);
    for (int i = 1; i < JOBS; i += 2) {
        if (jobs[i].future->references != 1)
            fail("the pool has kept a job");
        future_unref(jobs[i].future);
    }
    pool_open();
    pool_close();
    printf("  and is opened and closed again: none has begun since: %d\n", n_begun == n_ended);
}

/* --- what stops the program */

static void keep_it(struct future *future)
{
    future_ref(future);
}

static void free_with(void (*stop_work)(struct future *future))
{
    struct future *future = future_new(sizeof *future, stop_work);

    if (future == NULL)
        fail("no memory");
    future_unref(future);
}

static void free_while_waited_for(void)
{
    struct waiter waiter = {.handle = {.call = hear}};
    struct future *future = made();

    listen_to(&waiter, future);
    future_unref(future);
}

static void wait_twice(void)
{
    struct waiter waiter = {.handle = {.call = hear}};

    listen_to(&waiter, made());
    listen_to(&waiter, made());
}

static void misuse(const char *how)
{
    if (strcmp(how, "waits_twice") == 0)
        wait_twice();
    if (strcmp(how, "kept_when_stopped") == 0)
        free_with(keep_it);
    if (strcmp(how, "given_back_too_often") == 0)
        free_with(future_unref);
    if (strcmp(how, "freed_while_waited_for") == 0)
        free_while_waited_for();
    if (strcmp(how, "job_without_pool") == 0)
        value_drop(run_in_thread(fail_to, NULL));
    if (strcmp(how, "pool_not_open") == 0)
        pool_close();
    loop_open();
    pool_open();
    if (strcmp(how, "pool_opened_twice") == 0)
        pool_open();
    if (strcmp(how, "loop_closed_first") == 0)
        loop_close();
    fail("the program goes on");
}

int main(int argc, char **argv)
{
    static long seven = 7;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strchr(argv[1], '_') != NULL)
        misuse(argv[1]);
    srand(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1);
    loop_open();
    pool_open();
    test_results();
    test_callbacks();
    test_forget();
    test_cancel();
    test_references();
    test_await();
    test_catch();
    test_refused();
    test_last_reference();
    test_sleep();
    test_sleepers();
    test_call_soon();
    main_thread = pthread_self();
    test_jobs();
    test_job_order();
    test_cancelled_job();
    test_dropped_jobs();
    loop_close();

    printf("all anew\n");
    loop_open();
    pool_open();
    finish("a job", run_in_thread(make_square, &seven));
    finish("a sleep", sleep_for(1));
    pool_close();
    loop_close();
    return 0;
}
