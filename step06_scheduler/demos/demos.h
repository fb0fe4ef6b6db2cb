/* demos.h - the demos: tasks that cook, do the laundry, and call the system. Each is in the file
 * that is named after it. */
#ifndef DEMOS_H
#define DEMOS_H

void demo_multitask(void);
void demo_gettid(void);
void demo_new(void);
void demo_kill(void);
void demo_wait(void);
void demo_subroutine(void);
void demo_ps(void);
void demo_errors(void);
void demo_limit(void);

#endif
