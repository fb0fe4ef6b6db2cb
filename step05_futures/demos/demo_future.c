/* demo_future.c - a placeholder's life: made, waited for, filled, cancelled. */
#define _POSIX_C_SOURCE 200809L

#include "../future.h"
#include "../loop.h"
#include "../soon.h"
#include "demos.h"

/* Fills a future, and says whether that was taken. */
static void fill(struct future *future, long n)
{
    struct value refused = future_set_result(future, integer(n));

    if (refused.tag == ERROR)
        say("  filled with %ld: refused, %s\n", n, refused.text);
    else
        say("  filled with %ld\n", n);
}

/* One that waits for a future. */
struct waiter {
    struct handle handle;
    const char *name;
    struct future *future;
};

static void hear(void *arg)
{
    struct waiter *waiter = arg;
    struct value result = future_result(waiter->future);

    if (result.tag == ERROR)
        say("    %s hears: %s\n", waiter->name, result.text);
    else
        say("    %s hears: %ld\n", waiter->name, result.integer);
}

static void listen_to(struct waiter *waiter, const char *name, struct future *future)
{
    *waiter =
        (struct waiter){.handle = {.call = hear, .arg = waiter}, .name = name, .future = future};
    future_add_done_callback(future, &waiter->handle);
    say("  %s waits for it\n", name);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop();
}

/* Lets the loop turn, once. */
static void turn_once(void)
{
    static struct handle last = {.call = stop};

    say("  the loop turns\n");
    call_soon(&last);
    loop_run();
}

static void stop_work(struct future *future)
{
    if (future_result(future).tag == ERROR)
        say("  whoever should fill it is told to stop\n");
}

void demo_future(void)
{
    struct future *future = must(future_new(sizeof *future, stop_work));
    struct waiter first, second, third;

    say("future: a placeholder's life, by hand\n\n");
    loop_open();
    say("  a future is made; its result: %s\n", future_result(future).text);
    listen_to(&first, "A", future);
    listen_to(&second, "B", future);
    fill(future, 42);
    turn_once();
    listen_to(&third, "C", future);
    turn_once();
    fill(future, 43);
    future_unref(future);

    future = must(future_new(sizeof *future, stop_work));
    say("  another future is made\n");
    listen_to(&first, "A", future);
    say("  it is cancelled\n");
    future_cancel(future);
    turn_once();
    future_unref(future);
    loop_close();
    say("\n  Filling it calls nobody: those who wait are put on the ready list, in the\n"
        "  order in which they came, and the loop calls them.\n\n");
}
