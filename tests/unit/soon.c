/* soon.c - tests of what the loop calls on its next turn (step 2 on). Prints what happens; takes
 * the word "twice", and then the program is to end. */
#define _POSIX_C_SOURCE 200809L

#include "soon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

/* A handle, and what it does when it is called. */
struct known {
    struct handle handle;
    const char *name;
    struct known *adds, *cancels; /* NULL: nobody */
};

static void hear(void *arg)
{
    struct known *known = arg;

    printf("  %s\n", known->name);
    if (known->adds != NULL)
        call_soon(&known->adds->handle);
    if (known->cancels != NULL)
        cancel_soon(&known->cancels->handle);
}

static struct known made(const char *name)
{
    return (struct known){.handle = {.call = hear}, .name = name};
}

static void add(struct known *known)
{
    known->handle.arg = known;
    call_soon(&known->handle);
}

static void turn(void)
{
    printf("  (the loop turns)\n");
    soon_call_all();
}

static void test_order(void)
{
    struct known first = made("the first"), second = made("the second"), third = made("the third");

    printf("in order, and once: before, %d\n", soon_any());
    add(&first);
    add(&second);
    add(&third);
    printf("  they wait: %d\n", soon_any());
    turn();
    turn();
    printf("  after: %d\n", soon_any());
}

static void test_added(void)
{
    struct known first = made("the first, which adds a third"), second = made("the second");
    struct known third = made("the third, which adds itself"), fourth = made("the fourth");

    printf("what is added on a turn is for the next one\n");
    first.adds = third.adds = &third;
    third.handle.arg = &third;
    add(&first);
    add(&second);
    turn();
    add(&fourth);
    turn();
    turn();
    cancel_soon(&third.handle);
    printf("  after: %d\n", soon_any());
}

static void test_cancelled(void)
{
    struct known first = made("the first, which cancels the third"), second = made("the second");
    struct known third = made("the third"), fourth = made("the fourth, which cancels the first");

    printf("cancelled: before the turn, and on it\n");
    first.cancels = &third;
    fourth.cancels = &first;
    add(&first);
    add(&second);
    add(&third);
    add(&fourth);
    cancel_soon(&second.handle);
    cancel_soon(&second.handle);
    turn();
    add(&third);
    turn();
    add(&first);
    add(&second);
    add(&third);
    cancel_soon(&first.handle);
    cancel_soon(&third.handle);
    turn();
}

static void test_forgotten(void)
{
    struct known first = made("the first"), second = made("the second");

    printf("the loop is closed: all are forgotten, and can wait again\n");
    loop_open();
    add(&first);
    add(&second);
    loop_close();
    printf("  after: %d\n", soon_any());
    turn();
    add(&second);
    add(&first);
    turn();
}

int main(int argc, char **argv)
{
    struct known twice = made("twice");

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "twice") == 0) {
        add(&twice);
        add(&twice); /* the program must stop */
    }
    test_order();
    test_added();
    test_cancelled();
    test_forgotten();
    return 0;
}
