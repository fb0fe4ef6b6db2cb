/* service.h - where a server gets its sockets and its outside world from. Support: no lesson needs
 * this file to be read. */
#ifndef SERVICE_H
#define SERVICE_H

#include "net.h"
#include "world.h"

/* What a server is told. */
struct service {
    int listener;       /* the listening socket */
    struct address api; /* where the API is */
    const char *host;   /* its "HOST:PORT" */
    int stop;           /* turns readable when the program is told to end; -1: never */
    int requests;       /* end after so many; 0: never */
};

/* A server: returns when it is told to stop and what it had begun to answer is answered. */
typedef void server(const struct service *service);

/* Runs SERVE on a free port in the outside world of SCRIPT, until it has answered so many REQUESTS.
 * Returns how many ms of the story that took. Ends the program if it cannot be set up. */
long service_demo(server *serve, const struct act *script, int requests);

/* Runs SERVE at HOST and PORT with the API at API, "HOST:PORT" (NULL: with one of our own), until Ctrl-C
 * or SIGTERM; a second one ends the program at once. Ends the program if it cannot be set up. */
void service_run(server *serve, const char *host, const char *port, const char *api);

#endif
