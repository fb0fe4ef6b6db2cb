/* demo_limit.c - the limit of step 2: what being cut in pieces does to a function. Its pieces are
 * those of two() in app.c, without a client, and tell when they are entered and left. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>

#include "../api.h"
#include "../loop.h"
#include "demos.h"

static int depth; /* so many pieces are running, one inside the other */

static void enter(int piece)
{
    say("       | enter piece %d, depth %d\n", piece, ++depth);
}

static void leave(int piece)
{
    say("       | leave piece %d, depth %d\n", piece, --depth);
}

static void got_bar(void *arg, struct answer bar)
{
    (void)arg;
    enter(3);
    tell(1, GONE, "has its answer: %d %s", bar.status, bar.body);
    loop_stop();
    leave(3);
}

static void got_foo(void *arg, struct answer foo)
{
    char path[1 + BODY_SIZE];

    enter(2);
    snprintf(path, sizeof path, "/%s", foo.body);
    api_call(1, path, got_bar, arg);
    leave(2);
}

static void two(void)
{
    enter(1);
    api_call(1, "/foo", got_foo, NULL);
    leave(1);
}

static void run_two(const struct service *service)
{
    loop_open();
    api_open(service, 1);
    two();
    loop_run();
    api_close();
    loop_close();
}

void demo_limit(void)
{
    story_begin("#%d", "limit: one function, cut in three");
    service_demo(run_two, two_calls, 1);
    story_end();
    say("\n"
        "  Each piece has returned before the next is entered, and none has called the\n"
        "  next: the loop did. So no local variable lives from one to the other (struct\n"
        "  two_vars in app.c carries them), no return value goes from one to the other,\n"
        "  and each way out has to answer and to free them. Is it still one function?\n"
        "  Step 3 makes it one again.\n\n");
}
