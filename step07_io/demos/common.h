/* common.h - what the demos share: the scheduler that is watched, and tasks that are alive. */
#ifndef COMMON_H
#define COMMON_H

#include "../gen.h"
#include "../sched.h"
#include "../support/cli.h"
#include "../support/service.h"

enum { ALIVE = 4, SERVER = 5 }; /* their lanes: before them there are three clients */

/* --watch, with which the ready queue and who waits are drawn, at each switch. NULL: there is no
 * such option. */
extern const struct option *watch_option;

/* A scheduler's on_switch: draws its queues, if --watch has been said. */
void show_queues(const struct sched *sched, const struct task *running);

/* Lets the story see what SCHED does. */
void watch(struct sched *sched);

/* Begins a story with two lanes that are no clients. */
void begin(const char *headline, const char *other);

/* Makes a task of SIZE bytes that does BODY's work, for the story's LANE. */
void start(struct sched *sched, size_t size, gen_body *body, int lane);

/* The frame of most tasks here. */
struct work {
    struct gen gen;
    long done;
    struct value got;
};

/* Says three times that it is alive, and lets the others go first after each. */
gen_body alive_body;

/* The gateway, seen by the story. */
serve_function serve_watched_gateway;

#endif
