/* examples.h - the demos: tasks that cook, do the laundry, and call the system. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include "support/cli.h"

/* --watch, with which they draw the ready queue and who waits, at each switch. NULL: there is no
 * such option. */
extern const struct option *watch_option;

void show_multitask(void);
void show_gettid(void);
void show_new(void);
void show_kill(void);
void show_wait(void);
void show_subroutine(void);
void show_ps(void);
void show_errors(void);
void show_limit(void);

#endif
