/* loop.c - tests of the event loop (step 2 on): callbacks that change the loop's table while events
 * of the same round are still undelivered. Prints what happens; takes a seed for the random part,
 * or "far": then the program is to end. */
#define _POSIX_C_SOURCE 200809L

#include "loop.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FDS = 40, ROUNDS = 2000 };

/* A pipe that is always readable, and what the test knows of its registration. */
struct source {
    int fd;
    bool registered;
    int calls;
};

static struct source sources[FDS];
static int round_calls; /* in the round that runs */

static void make_sources(void)
{
    for (int i = 0; i < FDS; i++) {
        int ends[2];

        if (pipe(ends) == -1 || write(ends[1], "x", 1) != 1)
            exit(1);
        sources[i].fd = ends[0];
    }
}

static void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static void add(struct source *source, callback *call)
{
    loop_register(source->fd, POLLIN, call, source);
    source->registered = true;
}

static void drop(struct source *source)
{
    loop_unregister(source->fd);
    source->registered = false;
}

/* The first that is called unregisters both. */
static void drop_both(void *arg)
{
    (void)arg;
    round_calls++;
    drop(&sources[0]);
    drop(&sources[1]);
    loop_stop();
}

static void second_call(void *arg)
{
    struct source *source = arg;

    source->calls++;
    drop(source);
    if (--round_calls == 0)
        loop_stop();
}

/* Registers itself and the other anew, with another callback. */
static void change_both(void *arg)
{
    (void)arg;
    round_calls = 2;
    add(&sources[0], second_call);
    add(&sources[1], second_call);
}

/* Closes the other's descriptor, and a new pipe that has nothing to read takes its number. */
static void reuse_number(void *arg)
{
    struct source *self = arg;
    struct source *other = self == &sources[0] ? &sources[1] : &sources[0];
    int ends[2];

    round_calls++;
    drop(self);
    drop(other);
    close(other->fd);
    if (pipe(ends) == -1 || ends[0] != other->fd)
        fail("the number is not used again");
    add(other, second_call); /* if it is called now, round_calls tells */
    loop_stop();
    if (write(ends[1], "x", 1) != 1)
        fail("write");
}

/* Drops the first of three, so that another takes its place in the table. */
static void drop_first(void *arg)
{
    struct source *source = arg;

    source->calls++;
    if (sources[0].registered)
        drop(&sources[0]);
    loop_stop();
}

static void random_call(void *arg)
{
    struct source *source = arg;

    if (!source->registered)
        fail("called after it was unregistered");
    source->calls++;
    if (++round_calls > ROUNDS * 10)
        loop_stop();
    for (int i = rand() % 4; i > 0; i--) {
        struct source *other = &sources[rand() % FDS];

        if (rand() % 2 == 0 && other != &sources[0])
            drop(other);
        else
            add(other, random_call);
    }
}

int main(int argc, char **argv)
{
    unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    make_sources();
    loop_open();
    if (argc > 1 && strcmp(argv[1], "far") == 0)
        loop_register(1 << 30, POLLIN, drop_both, NULL); /* refused by name */

    add(&sources[0], drop_both);
    add(&sources[1], drop_both);
    loop_run();
    printf("two are ready, the first drops both: %d called\n", round_calls);

    add(&sources[0], change_both);
    add(&sources[1], change_both);
    loop_run();
    printf("two are ready, the first changes both: called %d and %d\n", sources[0].calls,
           sources[1].calls);

    round_calls = 0;
    add(&sources[0], reuse_number);
    add(&sources[1], reuse_number);
    loop_run();
    printf("a number is closed and used again: %d called\n", round_calls);
    drop(&sources[0]);
    drop(&sources[1]);

    for (int i = 0; i < 3; i++) {
        add(&sources[i], drop_first);
        sources[i].calls = 0;
    }
    loop_run();
    printf("three are ready, one drops the first: the others are called %d and %d times\n",
           sources[1].calls, sources[2].calls);

    srand(seed);
    round_calls = 0;
    for (int i = 0; i < FDS; i++)
        add(&sources[i], random_call);
    loop_run();
    for (int i = 0; i < FDS; i++)
        if (sources[i].calls == 0)
            fail("never called");
    printf("called in random order: each only while it was registered\n");

    for (int i = 0; i < FDS; i++)
        drop(&sources[i]);
    loop_unregister(-1);
    loop_unregister(1 << 30);
    loop_close();
    loop_open();
    loop_run(); /* refused by name */
    return 0;
}
