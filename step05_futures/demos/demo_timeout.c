/* demo_timeout.c - an API that never answers: wait_for() on two bare calls of it. */
#define _POSIX_C_SOURCE 200809L

#include "../api.h"
#include "../call.h"
#include "../future.h"
#include "../loop.h"
#include "../slot.h"
#include "../wait_for.h"
#include "demos.h"

enum { CALLS = 2 };

static const struct act silent_for_1[] = {
    {.who = API, .path = "/foo", .request = 1, .after = "never"},
    {.who = API, .path = "/foo", .request = 2, .ms = 100},
    {.path = NULL},
};

/* One that waits for a call, and not for ever. */
struct waiter {
    int id;
    struct future *future;
    struct handle handle;
};

static void hear(void *arg)
{
    static int n_heard;
    struct waiter *waiter = arg;
    struct value result = future_result(waiter->future);

    tell(waiter->id, GONE,
         result.tag == ERROR ? "gets an error, at %ld ms: %s" : "has its result, at %ld ms: %s",
         story_ms(), result.text);
    future_unref(waiter->future);
    if (++n_heard == CALLS)
        loop_stop();
}

static void call_twice(const struct service *service)
{
    struct waiter waiters[CALLS];

    loop_open();
    api_open(service, CALLS);
    slot_open(CALLS);
    for (int i = 0; i < CALLS; i++) {
        struct value awaited = wait_for(call_api(i + 1, "/foo"), story_delay(300));

        if (awaited.tag == ERROR)
            die("%s", awaited.text);
        waiters[i] = (struct waiter){.id = i + 1, .future = awaited.future};
        waiters[i].handle = (struct handle){.call = hear, .arg = &waiters[i]};
        future_add_done_callback(awaited.future, &waiters[i].handle);
    }
    loop_run();
    api_close();
    loop_close();
}

void demo_timeout(void)
{
    story_begin("#%d", "timeout: two calls, each with a limit of 300 ms; #1 is never answered");
    story_hold(TIMERS, "#2 has its result");
    service_demo(call_twice, silent_for_1, CALLS);
    story_timeline();
    story_end();
    say("  wait_for() makes a future over a future, with a timer beside it: the first of\n"
        "  the two fills it. For #1 that was the timer, and so the call was cancelled.\n\n");
}
