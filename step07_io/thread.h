/* thread.h - a computation on a thread, awaited through a pipe. */
#ifndef THREAD_H
#define THREAD_H

#include "value.h"

/* A computation. It may use ARG and nothing else that is not its own. What it returns or raises
 * owns nothing, and a text is static. */
typedef struct value job_function(void *arg);

/* Makes a generator that lets a thread of its own call FUNCTION with ARG, and gives what that
 * returns. Nobody can stop a thread: it goes on if the generator is closed. So ARG is static, or
 * FUNCTION frees it; where FUNCTION is never called, nobody does. Raises 503 without memory,
 * descriptors or threads. */
MUST_USE struct value run_in_thread(job_function *function, void *arg);

#endif
