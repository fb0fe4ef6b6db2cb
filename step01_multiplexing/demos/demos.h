/* demos.h - the demos of this step: demo_X.c is what the command X runs. */
#ifndef DEMOS_H
#define DEMOS_H

#include "../framework.h"
#include "../support/scripts.h"
#include "../support/story.h"

void demo_blocking(void);
void demo_threads(void);
void demo_multiplexed(void);
void demo_limit(void);

/* How long the last client waited in each, in ms. */
extern long blocking_ms, threads_ms, multiplexed_ms;

#endif
