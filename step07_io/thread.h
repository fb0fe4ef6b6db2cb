/* thread.h - a computation on a thread, awaited through a pipe. */
#ifndef THREAD_H
#define THREAD_H

#include "value.h"

/* A computation. It may use ARG and nothing else that is not its own. What it returns or raises, a
 * text included, must outlive it. */
typedef struct value job_function(void *arg);

/* Makes a generator that lets a thread of its own call FUNCTION with ARG, and gives what that
 * returns. ARG is static, or FUNCTION frees it: nobody can stop a thread, so it goes on if the
 * generator is closed. Raises 503 without memory, descriptors or threads. */
struct value run_in_thread(job_function *function, void *arg);

#endif
