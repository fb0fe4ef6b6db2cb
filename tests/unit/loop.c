/* loop.c - tests of the event loop: callbacks that change the loop's table while events of the same
 * round are still undelivered. Prints what happens; takes a seed for the random part, or the name
 * of what stops the program. The loop of step 1 has states in place of callbacks, and knows all its
 * users: with BY_STATE, this file is these users. */
#define _POSIX_C_SOURCE 200809L

#include "loop.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef BY_STATE
#include "api.h"
#include "clients.h"
typedef void callback(void *arg);
#endif

enum { FDS = 40, FDS_END = 200, ROUNDS = 2000 };

/* A pipe that is always readable, and what the test knows of its registration. */
struct source {
    int fd;
    bool registered;
    int calls;
    callback *call;
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

static void second_call(void *arg);

/* Lets the loop call CALL with SOURCE when FD is ready for EVENTS. */
static void wait_for(int fd, short events, callback *call, struct source *source)
{
    source->call = call;
#ifdef BY_STATE
    loop_register(fd, events, call == second_call ? READING_ANSWER : SERVING_CLIENT, source);
#else
    loop_register(fd, events, call, source);
#endif
}

#ifdef BY_STATE
static const char *expected; /* the state in which all are, if they are asked for it */

static void check_state(const char *state, const struct source *source)
{
    if (expected != NULL)
        printf("%s goes on with what was registered: %d\n", state, source == &sources[0]);
    if (expected != NULL
            ? strcmp(expected, state) != 0
            : strcmp(state, source->call == second_call ? "READING_ANSWER" : "SERVING_CLIENT") != 0)
        fail("it goes on in another state");
    source->call((void *)source);
}

void clients_go_on(void *who)
{
    check_state("SERVING_CLIENT", who);
}

void finish_connect(struct call *call)
{
    check_state("CONNECTING", (struct source *)call);
}

void write_call(struct call *call)
{
    check_state("WRITING_CALL", (struct source *)call);
}

void read_answer(struct call *call)
{
    check_state("READING_ANSWER", (struct source *)call);
}

static void stop_then(void *arg)
{
    loop_unregister(((struct source *)arg)->fd);
    loop_stop();
}

/* Goes on in each state. */
static void test_states(void)
{
    static const char *const names[] = {
        [SERVING_CLIENT] = "SERVING_CLIENT",
        [CONNECTING] = "CONNECTING",
        [WRITING_CALL] = "WRITING_CALL",
        [READING_ANSWER] = "READING_ANSWER",
    };

    sources[0].call = stop_then;
    for (int state = SERVING_CLIENT; state <= READING_ANSWER; state++) {
        expected = names[state];
        loop_register(sources[0].fd, POLLIN, (enum io_state)state, &sources[0]);
        loop_run();
    }
}
#endif

static void add(struct source *source, callback *call)
{
    wait_for(source->fd, POLLIN, call, source);
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

/* Waits for nothing with the other any more, which is ready for what was waited for. */
static void change_other(void *arg)
{
    struct source *self = arg;
    struct source *other = self == &sources[0] ? &sources[1] : &sources[0];

    round_calls++;
    drop(self);
    wait_for(other->fd, 0, change_other, other);
    loop_stop();
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

/* --- what the loop is not for: the program must stop */

static void run_inside(void *arg)
{
    (void)arg;
    loop_run();
}

static void close_inside(void *arg)
{
    drop(arg);
    loop_close();
}

/* Closes the descriptor of the other behind the loop's back. */
static void close_other(void *arg)
{
    drop(arg);
    close(sources[1].fd);
}

static void misuse(const char *how)
{
    int ends[2];

    if (strcmp(how, "far") == 0)
        wait_for(1 << 30, POLLIN, drop_both, &sources[0]);
    if (strcmp(how, "negative") == 0)
        wait_for(-1, POLLIN, drop_both, &sources[0]);
    if (strcmp(how, "opened_twice") == 0)
        loop_open();
    if (strcmp(how, "still_registered") == 0) {
        add(&sources[1], drop_both);
        add(&sources[1], drop_both);
        drop(&sources[0]);
        loop_close();
    }
    if (strcmp(how, "runs_inside") == 0)
        add(&sources[0], run_inside);
    if (strcmp(how, "closes_inside") == 0)
        add(&sources[0], close_inside);
    if (strcmp(how, "closed_descriptor") == 0) {
        /* Nothing is there to read; and the number does not depend on where the test runs. */
        if (pipe(ends) == -1 || dup2(ends[0], FDS_END) == -1)
            fail("no pipe");
        sources[1].fd = FDS_END;
        add(&sources[1], drop_both);
        add(&sources[0], close_other);
    }
    loop_run();
    fail("the program goes on");
}

int main(int argc, char **argv)
{
    unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    make_sources();
    loop_open();
    if (argc > 1 && strspn(argv[1], "0123456789") == 0)
        misuse(argv[1]);

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
    add(&sources[0], change_other);
    add(&sources[1], change_other);
    loop_run();
    printf("two are ready, the first waits for nothing with the other: %d called\n", round_calls);

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
#ifdef BY_STATE
    test_states();
#endif
    loop_unregister(-1);
    loop_unregister(1 << 30);
    loop_close();
    loop_open();
    loop_run(); /* refused by name */
    return 0;
}
