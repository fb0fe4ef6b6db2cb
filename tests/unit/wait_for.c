/* wait_for.c - tests of limits of time (step 5). Timers are told the time by the test: the step is
 * built with clock_gettime called told_time. Prints what happens. */
#define _POSIX_C_SOURCE 200809L

#include "wait_for.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "future.h"
#include "gen.h"
#include "loop.h"
#include "sleep.h"
#include "timer.h"

int told_time(clockid_t clock, struct timespec *time);

static long long now_ms = 1000000;

int told_time(clockid_t clock, struct timespec *time)
{
    (void)clock;
    time->tv_sec = (time_t)(now_ms / 1000);
    time->tv_nsec = (long)(now_ms % 1000 * 1000000);
    return 0;
}

static _Noreturn void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static void say(const char *what, struct value value)
{
    printf("  %s: ", what);
    if (value.tag == ERROR)
        printf("error %s, %s\n",
               value.code == VALUE_ERROR ? "of a value"
               : value.code == 504       ? "504"
               : value.code == CANCELLED ? "of a cancel"
                                         : "of the work",
               value.text);
    else if (value.tag == TEXT)
        printf("%s\n", value.text);
    else
        printf("%s\n", value.tag == NONE ? "none" : value.tag == FUTURE ? "a future" : "?");
}

/* The work that is waited for. Its result is a text in it. */
struct work {
    struct future future;
    char text[32];
};

static void stop_work(struct future *future)
{
    struct work *work = (struct work *)future;

    printf("  (the work is stopped)\n");
    strcpy(work->text, "(a text that is gone)");
}

static struct work *made(void)
{
    struct work *work = future_new(sizeof *work, stop_work);

    if (work == NULL)
        fail("no memory");
    return work;
}

static void fill(struct work *work, const char *result)
{
    printf("  (the work is done)\n");
    strcpy(work->text, result);
    if (future_set_result(&work->future, text(work->text)).tag == ERROR)
        fail("it was done already");
}

/* The limit, and whoever waits for it. */
static struct future *limit;
static struct handle waiter;

static void hear(void *arg)
{
    (void)arg;
    say("the result", future_result(limit));
}

static void limit_to(long ms, struct value awaited)
{
    struct value value = wait_for(awaited, ms);

    if (value.tag != FUTURE)
        fail("there is no future");
    limit = value.future;
    waiter = (struct handle){.call = hear};
    future_add_done_callback(limit, &waiter);
}

static void stop_loop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets MS pass, and the loop turn once: handles first, then timers. */
static void pass(long ms)
{
    static struct handle last = {.call = stop_loop};

    now_ms += ms;
    printf("  (%ld ms pass)\n", ms);
    call_soon(&last);
    loop_run();
}

/* Gives the limit back. Nobody may wait for time then. */
static void end(void)
{
    cancel_soon(&waiter);
    future_unref(limit);
    if (timer_next() != -1)
        fail("a timer is left");
}

static void test_first(void)
{
    struct work *work = made();

    printf("the result is first\n");
    limit_to(100, future(&work->future));
    pass(99);
    fill(work, "in time");
    pass(0);
    printf("  nobody waits for time any more: %d\n", timer_next());
    pass(0);
    end();

    printf("an error is first\n");
    work = made();
    limit_to(100, future(&work->future));
    future_set_error(&work->future, error(502, "refused"));
    pass(0);
    pass(0);
    end();

    printf("the deadline is first: the work is stopped, and what it does then is for nobody\n");
    work = made();
    limit_to(100, future_share(future(&work->future)));
    pass(99);
    pass(1);
    pass(0);
    say("the work", future_result(&work->future));
    say("filled too late", future_set_result(&work->future, none()));
    future_unref(&work->future);
    pass(0);
    end();
}

/* What fills the work, in the turn of the loop in which the deadline is due. */
static void fill_now(void *arg)
{
    fill(arg, "just in time");
}

static void test_both(void)
{
    struct work *work = made();
    struct timer earlier = {.call = fill_now, .arg = work}, later = {.call = fill_now};
    struct handle soon = {.call = fill_now};

    printf("both in the same turn: a handle fills it, and then the time has passed\n");
    limit_to(100, future(&work->future));
    soon.arg = work;
    call_soon(&soon);
    pass(100);
    pass(0);
    pass(0);
    end();

    printf("both in the same turn: a timer that is due before fills it\n");
    work = made();
    earlier.arg = work;
    if (!timer_add(&earlier, 100))
        fail("no memory");
    limit_to(100, future(&work->future));
    pass(100);
    pass(0);
    pass(0);
    end();

    printf("both in the same turn: a timer that is due after it comes too late\n");
    work = made();
    later.arg = work;
    limit_to(100, future(&work->future));
    if (!timer_add(&later, 100))
        fail("no memory");
    later.call = stop_loop; /* the work has been stopped: there is nothing to be filled */
    pass(100);
    pass(0);
    end();

    printf("it is there before, and there is no time at all\n");
    work = made();
    fill(work, "there already");
    limit_to(0, future(&work->future));
    pass(0);
    pass(0);
    end();

    printf("it is not there, and there is no time at all\n");
    work = made();
    limit_to(0, future(&work->future));
    pass(0);
    pass(0);
    end();
}

static void test_nested(void)
{
    struct work *work = made();

    printf("a limit over a limit: the inner deadline is first\n");
    limit_to(200, wait_for(future(&work->future), 100));
    pass(100);
    pass(0);
    pass(0);
    end();

    printf("a limit over a limit: the outer deadline is first\n");
    work = made();
    limit_to(100, wait_for(future(&work->future), 200));
    pass(100);
    printf("  nobody waits for time any more: %d\n", timer_next());
    pass(0);
    end();

    printf("a limit over a limit: the result is first\n");
    work = made();
    limit_to(100, wait_for(future(&work->future), 200));
    fill(work, "through both");
    pass(0);
    pass(0);
    pass(0);
    end();

    printf("a limit over a limit: both are due, and the result is on its way\n");
    work = made();
    limit_to(100, wait_for(future(&work->future), 100));
    pass(99);
    fill(work, "through both");
    pass(0);
    pass(1);
    pass(0);
    end();
}

static int n_dropped;

static void count_drop(struct gen *gen)
{
    (void)gen;
    n_dropped++;
}

static struct value empty_body(struct gen *gen, struct value sent)
{
    BEGIN()
    RETURN(none());
    END
}

static void test_refused(void)
{
    struct gen *gen = gen_new(sizeof *gen, "empty", empty_body, count_drop);
    struct work *work = made();

    if (gen == NULL)
        fail("no memory");
    printf("what is no future\n");
    say("an error", wait_for(error(502, "its maker has failed"), 100));
    say("an error, and a negative time", wait_for(error(502, "its maker has failed"), -1));
    say("none", wait_for(none(), 100));
    say("a generator", wait_for(generator(gen), 100));
    printf("  it is freed: %d\n", n_dropped);
    say("a negative time", wait_for(future(&work->future), -1));
    work = made();
    say("the most negative time", wait_for(future_share(future(&work->future)), LONG_MIN));
    say("the work goes on for whoever has kept it", future_result(&work->future));
    future_unref(&work->future);
    printf("  nobody waits for time: %d\n", timer_next());
}

static void test_ended(void)
{
    struct work *work = made();

    printf("cancelled\n");
    limit_to(100, future(&work->future));
    printf("  cancelled: %d\n", future_cancel(limit));
    printf("  cancelled again: %d\n", future_cancel(limit));
    printf("  nobody waits for time: %d\n", timer_next());
    pass(100);
    end();

    printf("given back while it is pending\n");
    work = made();
    limit_to(100, future(&work->future));
    end();
    pass(100);

    printf("given back while the result is on its way\n");
    work = made();
    limit_to(100, future(&work->future));
    fill(work, "to nobody");
    end();
    pass(100);

    printf("the work is cancelled by another\n");
    work = made();
    limit_to(100, future_share(future(&work->future)));
    future_cancel(&work->future);
    future_unref(&work->future);
    pass(0);
    pass(0);
    end();
}

static void test_text(void)
{
    struct work *work = made();

    printf("the text lives as long as the limit, and no longer\n");
    limit_to(100, future(&work->future));
    fill(work, "a text of the work");
    pass(0);
    pass(0);
    say("read again", future_result(limit));
    end();

    printf("a limit for a sleep\n");
    limit_to(100, sleep_for(50));
    pass(50);
    pass(0);
    pass(0);
    end();
    limit_to(50, sleep_for(100));
    pass(50);
    pass(0);
    end();
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    loop_open();
    test_first();
    test_both();
    test_nested();
    test_refused();
    test_ended();
    test_text();
    loop_close();
    return 0;
}
