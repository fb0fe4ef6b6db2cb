/* pool.h - a function to be called on another thread, to wait for. Stage 0x04 of the article. */
#ifndef POOL_H
#define POOL_H

#include "value.h"

/* Sets it up, on the loop that is open; ends the program if there are no descriptors for it. */
void pool_open(void);

/* Waits for what the threads are doing, forgets what they have not begun, and ends them. Call it
 * when the loop runs no more, and before loop_close(). */
void pool_close(void);

/* A computation. It may use ARG, and nothing else that is not its own. What it returns or raises
 * owns nothing, and a text is static. */
typedef struct value job_function(void *arg);

/* Lets one of a few threads call FUNCTION with ARG. A thread cannot be stopped: it goes on if the
 * future is cancelled. So ARG is static, or FUNCTION frees it; if the pool is closed before
 * FUNCTION is called, nobody does. Returns a future that is filled with what FUNCTION returns; or
 * an error, 503, if memory runs out or there is no thread. */
MUST_USE struct value run_in_thread(job_function *function, void *arg);

#endif
