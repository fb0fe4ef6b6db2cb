/* scarce_future.c - what futures need is not always there (step 5 on). A file that is built with
 * the name of such a function defined as scarce_..., calls these. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "future.h"

void *scarce_future_new(size_t size, void (*cancel)(struct future *future));
int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg);
void *scarce_realloc(void *memory, size_t size);

/* There is memory for each other future. */
void *scarce_future_new(size_t size, void (*cancel)(struct future *future))
{
    static int n;

    return ++n % 2 == 0 ? NULL : future_new(size, cancel);
}

/* There is no first thread, and then there is one. */
int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg)
{
    static int n;

    return ++n == 1 || n > 2 ? EAGAIN : pthread_create(thread, attr, run, arg);
}

/* The first two times there is no memory. */
void *scarce_realloc(void *memory, size_t size)
{
    static int n;

    return ++n <= 2 ? NULL : realloc(memory, size);
}
