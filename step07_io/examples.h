/* examples.h - the demos of step 7 that need no file of their own. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include "sched.h"
#include "support/cli.h"

/* --watch, with which they draw the ready queue and who waits, at each switch. NULL: there is no
 * such option. */
extern const struct option *watch_option;

/* A scheduler's on_switch: draws its queues, if --watch has been said. */
void show_queues(const struct sched *sched, const struct task *running);

void show_blocked(void);
void show_echo(void);
void show_gateway(void);
void show_deadline(void);
void show_limit(void);

#endif
