/* sleep.c - futures that the clock fills. */
#define _POSIX_C_SOURCE 200809L

#include "sleep.h"

#include "future.h"
#include "story.h"
#include "timer.h"

struct sleeper {
    struct future future;
    struct timer timer;
};

static void wake(void *arg)
{
    struct sleeper *sleeper = arg;

    future_set_result(&sleeper->future, none());
}

static void cancel(struct future *future)
{
    timer_remove(&((struct sleeper *)future)->timer);
}

struct value sleep_for(long long ms)
{
    struct sleeper *sleeper;

    if (ms < 0)
        return error(VALUE_ERROR, "a negative time");
    sleeper = future_new(sizeof *sleeper, cancel);
    if (sleeper == NULL)
        return error(503, "out of memory");
    sleeper->timer.call = wake;
    sleeper->timer.arg = sleeper;
    if (!timer_add(&sleeper->timer, story_delay(ms))) {
        future_unref(&sleeper->future);
        return error(503, "out of memory");
    }
    return future(&sleeper->future);
}
