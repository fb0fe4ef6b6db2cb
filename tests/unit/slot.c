/* slot.c - tests of slots and the queue for them (step 5). Prints what happens; takes a seed for
 * the random part, or "unset": then the program is to end. */
#define _POSIX_C_SOURCE 200809L

#include "slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soon.h"

enum { MANY = 30, ROUNDS = 100000, AT_ONCE = 3 };

/* One that wants a slot, and what the test knows of it. */
struct one {
    struct slot slot;
    const char *name;
    enum { IDLE, WAITS, CALLED_SOON, HAS_IT } state;
};

static _Noreturn void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static void begin(void *arg)
{
    printf("  %s begins\n", ((struct one *)arg)->name);
}

static void take(struct one *one)
{
    one->slot.handle.call = begin;
    one->slot.handle.arg = one;
    printf("  %s %s\n", one->name, slot_take(&one->slot) ? "has a slot at once" : "waits");
}

static void end(struct one *one)
{
    printf("  %s gives it back\n", one->name);
    slot_release(&one->slot);
}

static void loop_turns(void)
{
    printf("  (the loop turns)\n");
    soon_call_all();
}

static void test_order(void)
{
    struct one a = {.name = "a"}, b = {.name = "b"}, c = {.name = "c"}, d = {.name = "d"};

    printf("two slots, and four that want one\n");
    slot_open(2);
    take(&a);
    take(&b);
    take(&c);
    take(&d);
    loop_turns();
    end(&a);
    printf("  (nobody is called before that has returned)\n");
    loop_turns();
    end(&c);
    end(&b);
    loop_turns();
    take(&a);
    take(&b);
    end(&d);
    end(&d);
    loop_turns();
    end(&a);
    end(&b);
}

static void test_cancelled(void)
{
    struct one a = {.name = "a"}, b = {.name = "b"}, c = {.name = "c"}, d = {.name = "d"};

    printf("one slot: the second gives up its place in the queue\n");
    slot_open(1);
    take(&a);
    take(&b);
    take(&c);
    end(&b);
    end(&a);
    loop_turns();
    end(&c);

    printf("the second gives up when it has got the slot, but has not been called\n");
    take(&a);
    take(&b);
    take(&c);
    end(&a);
    end(&b);
    loop_turns();

    printf("a new one does not overtake those that wait\n");
    take(&d);
    end(&c);
    take(&a);
    loop_turns();
    end(&d);
    loop_turns();
    end(&a);
    take(&b);
    end(&b);

    printf("the only one that waits gives up: the slot is free\n");
    take(&a);
    take(&b);
    end(&a);
    end(&b);
    loop_turns();
    take(&c);
    end(&c);
}

/* --- at random, beside a model: a queue of those that wait, and the number of those that do not */

static struct one many[MANY];
static struct one *queue[MANY];
static int n_queue, n_has;

static void remove_from_queue(const struct one *one)
{
    int i = 0;

    while (queue[i] != one)
        i++;
    n_queue--;
    memmove(&queue[i], &queue[i + 1], (size_t)(n_queue - i) * sizeof queue[0]);
}

static void hear(void *arg)
{
    struct one *one = arg;

    if (one->state != CALLED_SOON)
        fail("called, and it has no slot");
    one->state = HAS_IT;
}

static void take_at_random(struct one *one)
{
    bool taken;

    one->slot.handle.call = hear;
    one->slot.handle.arg = one;
    taken = slot_take(&one->slot);
    if (taken != (n_has < AT_ONCE))
        fail(taken ? "has a slot, and there was none" : "has no slot, and there was one");
    one->state = taken ? HAS_IT : WAITS;
    if (taken)
        n_has++;
    else
        queue[n_queue++] = one;
}

static void end_at_random(struct one *one)
{
    slot_release(&one->slot);
    if (one->state == WAITS) {
        remove_from_queue(one);
    } else if (one->state != IDLE) {
        n_has--;
        if (n_queue > 0) {
            struct one *next = queue[0];

            next->state = CALLED_SOON;
            n_has++;
            remove_from_queue(next);
        }
    }
    one->state = IDLE;
}

static void test_random(void)
{
    slot_open(AT_ONCE);
    for (int i = 0; i < ROUNDS; i++) {
        struct one *one = &many[rand() % MANY];

        if (rand() % 8 == 0) {
            soon_call_all();
            for (int j = 0; j < MANY; j++)
                if (many[j].state == CALLED_SOON)
                    fail("it has got a slot, and is not called");
        } else if (one->state == IDLE && rand() % 2 == 0) {
            take_at_random(one);
        } else {
            end_at_random(one);
        }
    }
    for (int i = 0; i < MANY; i++)
        end_at_random(&many[i]);
    printf("%d at random: each has a slot when the model says so\n", ROUNDS);
}

int main(int argc, char **argv)
{
    struct one early = {.name = "early"};

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "unset") == 0)
        take(&early); /* the program must stop */
    srand(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1);
    test_order();
    test_cancelled();
    test_random();
    return 0;
}
