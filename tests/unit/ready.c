/* ready.c - tests of the ready list (step 4). Prints what happens; takes the word "twice", and then
 * the program is to end. */
#define _POSIX_C_SOURCE 200809L

#include "ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soon.h"

/* A chain that only says that it goes on, and what it is sent. */
struct chain {
    struct ready ready;
    struct chain *makes_ready; /* NULL: nobody */
};

static void go_on(void *arg, struct value result)
{
    struct chain *chain = arg;

    printf("  #%d goes on with %ld\n", chain->ready.id, result.integer);
    if (chain->makes_ready != NULL)
        ready_add(&chain->makes_ready->ready, integer(10 * result.integer));
}

static void add(struct chain *chain, int id, long result)
{
    chain->ready.id = id;
    chain->ready.advance = go_on;
    chain->ready.arg = chain;
    ready_add(&chain->ready, integer(result));
}

static void show(const struct ready *first)
{
    printf("  on the list:");
    for (; first != NULL; first = first->next)
        printf(" #%d", first->id);
    printf("\n");
}

static void turn(void)
{
    printf("  (the loop turns)\n");
    soon_call_all();
}

static void test_order(void)
{
    struct chain chains[3] = {{.makes_ready = NULL}};

    printf("three are ready: all go on in one turn, the one that was first comes first\n");
    for (int i = 0; i < 3; i++)
        add(&chains[i], i + 1, i + 11);
    turn();
    turn();
    printf("and once more, in another order\n");
    for (int i = 2; i >= 0; i--)
        add(&chains[i], i + 1, i + 21);
    turn();
}

static void test_again(void)
{
    struct chain first = {.makes_ready = &first}, second = {.makes_ready = NULL};
    struct chain third = {.makes_ready = &second};

    printf("those that are ready again meanwhile go on in the next turn\n");
    add(&first, 1, 1);
    add(&second, 2, 2);
    add(&third, 3, 3);
    turn();
    first.makes_ready = NULL;
    turn();
    turn();
}

static void test_forgotten(void)
{
    struct chain before = {.makes_ready = NULL}, after = {.makes_ready = NULL};

    printf("the loop forgets the list: the next one begins anew\n");
    add(&before, 1, 1);
    soon_forget_all();
    add(&after, 2, 2);
    turn();
}

int main(int argc, char **argv)
{
    static struct chain twice;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "twice") == 0) {
        add(&twice, 7, 1);
        add(&twice, 7, 2); /* the program must stop */
    }
    ready_shown = show;
    test_order();
    test_again();
    test_forgotten();
    return 0;
}
