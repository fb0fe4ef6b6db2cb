/* wait_for.c - a future over a future, with a timer beside it: the first of the two fills it. */
#define _POSIX_C_SOURCE 200809L

#include "wait_for.h"

#include "future.h"
#include "timer.h"

struct wait {
    struct future future;
    struct future *awaited;
    struct handle when_done; /* waits for AWAITED */
    struct timer deadline;
};

static void pass_on(void *arg)
{
    struct wait *wait = arg;

    timer_remove(&wait->deadline);
    future_set_result(&wait->future, future_result(wait->awaited));
}

static void give_up(void *arg)
{
    struct wait *wait = arg;

    if (wait->awaited->done) /* in time: its result is on its way here */
        return;
    cancel_soon(&wait->when_done);
    future_set_error(&wait->future, error(504, "timed out"));
    future_cancel(wait->awaited);
}

static void stop_waiting(struct future *future)
{
    struct wait *wait = (struct wait *)future;

    timer_remove(&wait->deadline);
    cancel_soon(&wait->when_done);
    future_unref(wait->awaited);
}

struct value wait_for(struct value awaited, long ms)
{
    struct wait *wait;

    if (awaited.tag == ERROR)
        return awaited;
    if (awaited.tag != FUTURE || ms < 0) {
        value_drop(awaited);
        return error(VALUE_ERROR, "no future, or a negative time");
    }
    wait = future_new(sizeof *wait, stop_waiting);
    if (wait == NULL) {
        value_drop(awaited);
        return error(503, "out of memory");
    }
    wait->awaited = awaited.future;
    wait->when_done.call = pass_on;
    wait->when_done.arg = wait;
    wait->deadline.call = give_up;
    wait->deadline.arg = wait;
    future_add_done_callback(wait->awaited, &wait->when_done);
    if (!timer_add(&wait->deadline, ms)) {
        future_unref(&wait->future);
        return error(503, "out of memory");
    }
    return future(&wait->future);
}
