/* pool.h - futures that other threads fill. Stage 0x04 of the article. */
#ifndef POOL_H
#define POOL_H

#include "value.h"

/* A computation. It may use ARG and nothing else that is not its own. What it returns or raises
 * owns nothing, and a text is static. */
typedef struct value job_function(void *arg);

/* Lets one of a few threads call FUNCTION with ARG. Nobody can stop a thread: it goes on if the
 * future is cancelled. So ARG is static, or FUNCTION frees it; where FUNCTION is never called,
 * nobody does. Returns a future that is filled with what FUNCTION returns; or an error, 503,
 * without memory or without a thread. */
struct value run_in_thread(job_function *function, void *arg);

/* Waits for what the threads are doing, forgets what they have not begun, and ends them. The loop
 * must not turn any more. */
void pool_close(void);

#endif
