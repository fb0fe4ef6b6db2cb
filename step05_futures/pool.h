/* pool.h - futures that other threads fill. Stage 0x04 of the article. */
#ifndef POOL_H
#define POOL_H

#include "value.h"

/* A computation. It may use ARG and nothing else that is not its own. What it returns or raises, a
 * text included, must outlive it: a static text, or one in ARG. */
typedef struct value job_function(void *arg);

/* Lets one of a few threads call FUNCTION with ARG. ARG must stay until the future is done, even if
 * it is cancelled: nobody can stop a thread. Returns a future that is filled with what FUNCTION
 * returns; or an error, 503, without memory or without a thread. */
struct value run_in_thread(job_function *function, void *arg);

/* Waits for what the threads are doing, forgets what they have not begun, and ends them. */
void pool_close(void);

#endif
