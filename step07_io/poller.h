/* poller.h - how the kernel is asked which descriptors are ready: one small file for each way. */
#ifndef POLLER_H
#define POLLER_H

#include <stdbool.h>

/* What a descriptor is watched for: POLLIN and POLLOUT, or 0, which still hears of a reset. */
enum { UNWATCHED = -1 };

struct poller {
    const char *name;

    /* Sets it up for descriptors from 0 to N - 1. Returns false with errno. */
    bool (*open)(int n);
    void (*close)(void);

    /* Watches FD for EVENTS from now on; it was for BEFORE. Either may be UNWATCHED. Returns false
     * with errno; EPERM is for a descriptor that is always ready, such as a file. */
    bool (*watch)(int fd, int before, int events);

    /* Waits for MS (-1: for ever), and calls READY for each descriptor with the events that it has
     * had: POLLIN and POLLOUT, POLLHUP and POLLERR. Returns false with errno, EINTR among them. */
    bool (*wait)(int ms, void (*ready)(int fd, int events));
};

extern const struct poller poller_poll;
extern const struct poller poller_epoll;

/* The poller with this NAME, or the best one if NAME is NULL; NULL if there is none here. */
const struct poller *poller_find(const char *name);

/* The names of all that there are, "epoll|poll". */
extern const char poller_names[];

#endif
