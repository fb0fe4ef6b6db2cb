/* timer.c - tests of timers (step 5 on). They are told the time by the test: timer.c is built with
 * clock_gettime called told_time. Prints what happens; takes a seed for the random part. */
#define _POSIX_C_SOURCE 200809L

#include "timer.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANY = 10000, NS_PER_MS = 1000000 };

int told_time(clockid_t clock, struct timespec *time);

static long long now = 1000LL * 1000000000; /* in ns */

int told_time(clockid_t clock, struct timespec *time)
{
    (void)clock;
    time->tv_sec = (time_t)(now / 1000000000);
    time->tv_nsec = (long)(now % 1000000000);
    return 0;
}

/* A timer, and what the test knows of it. */
struct known {
    struct timer timer;
    const char *name;
    int number;
    int calls;
    long long due; /* when it should be called */
};

static struct known many[MANY];
static const struct known *last; /* the one that was called before */
static int n_called;

static void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static void say_name(void *arg)
{
    printf("  %s\n", ((struct known *)arg)->name);
}

static void add(struct known *known, long long ms)
{
    known->timer.arg = known;
    known->due = ms > (LLONG_MAX - now) / NS_PER_MS ? LLONG_MAX : now + ms * NS_PER_MS;
    if (!timer_add(&known->timer, ms))
        fail("no memory");
}

/* Lets NS pass, and calls who is due then. */
static void pass(long long ns)
{
    now += ns;
    timer_call_due();
}

static void test_one(void)
{
    struct known one = {.timer.call = say_name, .name = "called"};

    printf("nobody waits: %d\n", timer_next());
    add(&one, 20);
    printf("20 ms: the wait is %d ms\n", timer_next());
    now += 1;
    printf("  after a nanosecond: %d ms\n", timer_next());
    now += 19LL * NS_PER_MS - 1;
    printf("  after 19 ms: %d ms\n", timer_next());
    now += 1LL * NS_PER_MS - 1;
    printf("  when a nanosecond is left: %d ms\n", timer_next());
    pass(0);
    printf("  nobody is called before\n");
    now++;
    printf("due: the wait is %d ms\n", timer_next());
    pass(0);
    pass(1000);
    printf("nobody waits: %d\n", timer_next());
    add(&one, 5);
    now += 1000LL * NS_PER_MS;
    printf("overdue: the wait is %d ms\n", timer_next());
    pass(0);
    add(&one, 0);
    printf("0 ms: the wait is %d ms\n", timer_next());
    pass(0);
    timer_remove(&one.timer);
    printf("removed after it was called: nothing happens\n");
}

static void test_far(void)
{
    struct known week = {.timer.call = say_name, .name = "2^31 ms"};
    struct known ever = {.timer.call = say_name, .name = "for ever"};
    struct known soon = {.timer.call = say_name, .name = "1 ms"};

    add(&ever, LLONG_MAX);
    printf("for ever: the wait is INT_MAX ms: %d\n", timer_next() == INT_MAX);
    add(&week, 1LL << 31);
    printf("2^31 ms: the wait is INT_MAX ms: %d\n", timer_next() == INT_MAX);
    add(&soon, 1);
    printf("1 ms: the wait is %d ms\n", timer_next());
    pass(NS_PER_MS);
    pass((1LL << 31) * NS_PER_MS - 2LL * NS_PER_MS);
    printf("2^31 - 1 ms later: the wait is %d ms\n", timer_next());
    pass(NS_PER_MS);
    pass(365LL * 86400 * 1000 * NS_PER_MS);
    printf("for ever is not over a year later\n");
    timer_remove(&ever.timer);
    timer_remove(&ever.timer);
    printf("removed: nobody waits: %d\n", timer_next());
}

static struct known first, second, third;

static void add_another(void *arg)
{
    say_name(arg);
    add(&second, 0);
    add(&third, 0);
}

static void remove_another(void *arg)
{
    say_name(arg);
    timer_remove(&third.timer);
}

static void again(void *arg)
{
    say_name(arg);
    add(arg, 0);
}

static void test_changes(void)
{
    first = (struct known){.timer.call = add_another, .name = "adds two more"};
    second = (struct known){.timer.call = remove_another, .name = "one of them removes the other"};
    third = (struct known){.timer.call = say_name, .name = "FAILED: it was removed"};
    printf("a timer that adds timers: they are not called at once\n");
    add(&first, 1);
    pass(NS_PER_MS);
    printf("but then\n");
    pass(0);
    pass(NS_PER_MS);

    first = (struct known){.timer.call = again, .name = "and again"};
    second = (struct known){.timer.call = say_name, .name = "the other"};
    printf("one that adds itself anew lets the others be called\n");
    add(&first, 0);
    add(&second, 0);
    pass(0);
    pass(0);
    timer_remove(&first.timer);
}

/* Those that are due earlier come first, and of two that are due together the one added first. */
static void check_order(void *arg)
{
    struct known *known = arg;

    if (known->calls++ > 0)
        fail("called twice");
    if (known->due > now)
        fail("called too early");
    if (last != NULL &&
        (last->due > known->due || (last->due == known->due && last->number > known->number)))
        fail("called in the wrong order");
    last = known;
    n_called++;
}

static void make_many(int longest)
{
    last = NULL;
    n_called = 0;
    for (int i = 0; i < MANY; i++) {
        many[i] = (struct known){.timer.call = check_order, .number = i};
        add(&many[i], longest == 0 ? 0 : rand() % longest);
    }
}

static void test_many(void)
{
    int n_removed = 0;

    make_many(0);
    pass(0);
    printf("%d that are due together: all are called, in the order in which they were added: %d\n",
           MANY, n_called == MANY);

    make_many(1000);
    pass(1000LL * NS_PER_MS);
    printf("%d at random times, called at once: all, in order: %d\n", MANY, n_called == MANY);

    make_many(1000);
    for (int ms = 0; ms <= 1000; ms++)
        pass(NS_PER_MS);
    printf("the same, a millisecond after the other: %d\n", n_called == MANY);

    make_many(1000);
    for (int i = 0; i < MANY; i++) {
        struct known *known = &many[rand() % MANY];

        if (i % 10 == 0)
            pass(rand() % NS_PER_MS);
        if (known->calls == 0 && known->timer.place != 0) {
            timer_remove(&known->timer);
            known->calls = 1; /* so that a call would be one too many */
            n_removed++;
        }
    }
    pass(1000LL * NS_PER_MS);
    printf("some are removed on the way, and not called; the others are: %d\n",
           n_removed > 0 && n_called + n_removed == MANY);
    printf("nobody waits: %d\n", timer_next());
}

int main(int argc, char **argv)
{
    struct known forgotten = {.timer.call = say_name, .name = "FAILED: it was forgotten"};

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "twice") == 0) {
        add(&forgotten, 1);
        add(&forgotten, 1); /* the program must stop */
    }
    if (argc > 1 && strcmp(argv[1], "negative") == 0)
        add(&forgotten, -1); /* here, too */
    srand(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1);
    test_one();
    test_far();
    test_changes();
    test_many();
    add(&forgotten, 1);
    timer_close();
    pass(NS_PER_MS);
    printf("closed: nobody waits: %d\n", timer_next());
    return 0;
}
