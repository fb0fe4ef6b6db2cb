/* call.c - tests of calls that wait for a slot (step 5). The API accepts them, and never answers.
 * Prints what happens. */
#define _POSIX_C_SOURCE 200809L

#include "call.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api.h"
#include "future.h"
#include "loop.h"
#include "slot.h"
#include "soon.h"

static struct service service = {.host = "api", .stop = -1};
static int listener;

static struct future *begin(int id)
{
    struct value value = call_api(id, "/foo");

    if (value.tag != FUTURE) {
        printf("FAILED: there is no call\n");
        exit(1);
    }
    return value.future;
}

/* Waits until the API is called, and says whether by one alone. */
static void say_called(const char *who)
{
    struct pollfd called = {.fd = listener, .events = POLLIN};
    int fd;

    soon_call_all();
    poll(&called, 1, -1);
    fd = net_accept(listener, false);
    printf("  %s has begun, alone: %d\n", who, fd != -1 && net_accept(listener, false) == -1);
    close(fd);
}

int main(void)
{
    struct future *first, *second, *third;
    struct address any;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (net_resolve(&any, "127.0.0.1", "0") != NULL || (listener = net_listen(&any)) == -1)
        return 1;
    net_own_address(listener, &service.api);
    loop_open();
    api_open(&service, 1);
    slot_open(1);
    printf("one slot, and three calls\n");
    first = begin(1);
    second = begin(2);
    third = begin(3);
    say_called("the first");
    printf("the first is given up, and the second while it waits\n");
    future_unref(second);
    future_unref(first);
    say_called("the third");
    future_unref(third);
    printf("all are given up: the slot is free\n");
    first = begin(4);
    say_called("the fourth");
    future_unref(first);
    api_close();
    loop_close();
    return 0;
}
