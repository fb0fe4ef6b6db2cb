/* demos.h - the demos of this step: demo_X.c is what the command X runs. */
#ifndef DEMOS_H
#define DEMOS_H

#include "../framework.h"
#include "../support/scripts.h"
#include "../support/story.h"

void demo_one(void);
void demo_two(void);
void demo_limit(void);

#endif
