/* scarce_server.c - what a server needs is not there once (steps 1 to 5). A file that is built with
 * the name of such a function defined as scarce_..., calls these: the call whose number SCARCE is,
 * in the environment, fails. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

void *scarce_malloc(size_t size);
int scarce_accept(int listener, struct sockaddr *address, socklen_t *len);
int scarce_connect(int fd, const struct sockaddr *address, socklen_t len);
int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg);

static bool fails(int error)
{
    static int n;
    const char *which = getenv("SCARCE");

    errno = error;
    return which != NULL && ++n == atoi(which);
}

void *scarce_malloc(size_t size)
{
    return fails(ENOMEM) ? NULL : malloc(size);
}

int scarce_accept(int listener, struct sockaddr *address, socklen_t *len)
{
    return fails(ENOBUFS) ? -1 : accept(listener, address, len);
}

int scarce_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    return fails(ENETUNREACH) ? -1 : connect(fd, address, len);
}

int scarce_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *arg)
{
    return fails(EAGAIN) ? EAGAIN : pthread_create(thread, attr, run, arg);
}
