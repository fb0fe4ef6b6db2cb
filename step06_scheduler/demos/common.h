/* common.h - what the demos share: the scheduler that is watched, and tasks that print lines. */
#ifndef COMMON_H
#define COMMON_H

#include "../gen.h"
#include "../sched.h"
#include "../support/cli.h"

/* --watch, with which the ready queue and who waits are drawn, at each switch. NULL: there is no
 * such option. */
extern const struct option *watch_option;

extern struct sched demo; /* the scheduler of the demo that runs */

/* What the running task prints. */
#define print(...) story_print((int)demo.running->tid, __VA_ARGS__)

/* The frame of most tasks here. */
struct work {
    struct gen gen;
    const char *name;
    long lines; /* how many it prints */
    long done;
    long child; /* the task that it has made, or waits for */
    struct value got;
};

/* Returns GEN. Ends the program if that is NULL: lack of memory is no subject of a demo. */
void *made(void *gen);

/* Makes a generator that does BODY's work. */
MUST_USE struct gen *work(gen_body *body, const char *name, long lines);

/* Begins a demo: a scheduler without a task. */
void begin(const char *headline);

/* Makes a task of TARGET. */
void start(struct gen *target);

/* Runs the tasks to their end, and shows who ran when. */
void run_all(void);

/* Prints its lines, and lets the others go first after each. */
gen_body chore_body;

/* The same, but asks before each line for its number. */
gen_body numbered_body;

#endif
