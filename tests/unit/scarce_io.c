/* scarce_io.c - what IO needs is not always there (step 7 on). A file that is built with the name
 * of such a function defined as scarce_..., calls these. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "io.h"

int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg);
void *scarce_realloc(void *memory, size_t size);
void *scarce_malloc(size_t size);

/* There is no first thread. */
int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg)
{
    static int n;

    return ++n == 1 ? EAGAIN : pthread_create(thread, attr, run, arg);
}

/* The first two times there is no memory. */
void *scarce_realloc(void *memory, size_t size)
{
    static int n;

    return ++n <= 2 ? NULL : realloc(memory, size);
}

/* The first time there is none. */
void *scarce_malloc(size_t size)
{
    static int n;

    return ++n == 1 ? NULL : malloc(size);
}
