/* demo_ready.c - the ready list at each turn of the loop: three chains driven by hand, and then
 * three clients of the server. */
#define _POSIX_C_SOURCE 200809L

#include "../callstack.h"
#include "../loop.h"
#include "../ready.h"
#include "../soon.h"
#include "chain.h"
#include "demos.h"

enum { CHAINS = 3 };

static void draw(const struct ready *first)
{
    say("       | ready list:");
    for (const struct ready *ready = first; ready != NULL; ready = ready->next)
        say(" (#%d, %s)", ready->id, ready->result.tag == NONE ? "none" : ready->result.text);
    say("\n");
}

static struct chain {
    struct callstack stack;
    struct ready ready;
} chains[CHAINS];

static void advance(void *arg, struct value result)
{
    struct chain *chain = arg;
    struct value value = callstack_send(&chain->stack, result);

    say("    #%d %s %s\n", chain->ready.id,
        chain->stack.top != NULL ? "yields iojob of" : "has finished:", value.text);
}

static void answer_next(void *arg);

static struct handle api = {.call = answer_next};

/* In the place of the API: gives each chain its answers, turn by turn. */
static void answer_next(void *arg)
{
    enum { TURNS = 4 };
    static const char *const answers[TURNS][CHAINS] = {
        {NULL, "bar", NULL}, {"bar", NULL, "bar"}, {"barz", "barz", "barz"}, {NULL}};
    static int turn;

    (void)arg;
    for (int i = 0; i < CHAINS; i++)
        if (answers[turn][i] != NULL)
            ready_add(&chains[i].ready, text(answers[turn][i]));
    if (++turn < TURNS)
        call_soon(&api);
    else
        loop_stop();
}

static void show_chains(void)
{
    say("ready: three chains driven by hand, and the ready list at each turn of the loop\n\n");
    loop_open();
    for (int i = 0; i < CHAINS; i++) {
        chains[i].ready = (struct ready){.id = i + 1, .advance = advance, .arg = &chains[i]};
        callstack_push(&chains[i].stack, func1());
        ready_add(&chains[i].ready, none());
    }
    call_soon(&api);
    loop_run();
    loop_close();
    say("\n  A chain is on the list when it is new or its wait is over, together with the\n"
        "  result that it is to be sent. Each turn takes the whole list.\n\n");
}

void demo_ready(void)
{
    long ms;

    ready_shown = draw;
    show_chains();
    story_begin("#%d", "       and the same list, with three clients of the server");
    ms = service_demo(serve_gateway, three_ask_two, 3);
    story_timeline();
    ready_shown = NULL;
    say("  Six calls of 100 ms each in %ld ms.\n\n", ms);
    story_end();
}
