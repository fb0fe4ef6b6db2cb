/* server.h - accepts connections, and makes a task for each. The tutorial's server, with an end. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "gen.h"
#include "poller.h"
#include "sched.h"
#include "support/service.h"

/* One client: the first member of the frame of the task that serves it. Its body sets TID before
 * anything else, or nobody can send it away, and BUSY while it answers. */
struct client {
    struct gen gen;
    int id; /* counts from 1 */
    int fd;
    bool busy;       /* it is being answered: nobody sends it away */
    long long since; /* when it came: a time of timer_now() */
    long tid;
    struct client *next;
    struct client **link; /* the pointer that points here */
};

/* Makes the frame of a client, of SIZE bytes, whose descriptor FD it owns then. Returns NULL
 * without memory; FD stays the caller's then. */
MUST_USE void *client_new(size_t size, const char *name, gen_body *body, int fd, int id);

/* Closes the client's descriptor, and strikes it off the list: for its frame's drop. */
void client_drop(struct gen *gen);

/* Makes the generator that serves the client with this descriptor; as client_new() does. */
typedef struct client *client_maker(int fd, int id);

/* Serves until WHAT says that it shall stop, and what is being answered is answered: a task for
 * each client, which MAKE makes. BEFORE (NULL: nobody) may make tasks of its own first. */
void serve_clients(const struct service *what, client_maker *make, void (*before)(struct sched *));

/* The client shall be sent away as soon as it is answered. */
bool server_stops(void);

/* The poller to be used (NULL: the best there is), and the time within which a client must say
 * something, in ms. */
extern const struct poller *server_poller;
extern long server_idle_ms;

/* The lane in which the story tells of the server itself; 0: nowhere. */
extern int server_lane;

#endif
