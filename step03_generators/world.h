/* world.h - the outside world of a demo: a slow API and scripted clients, in a process of their
 * own. Support: no lesson needs this file to be read.
 *
 * The API answers /foo with "bar", /bar with "baz", and any other path with 404, after a delay. The
 * order of what happens in a demo is fixed by cause and effect: each act of the world happens when
 * its delay has passed and the event that it waits for has been told. */
#ifndef WORLD_H
#define WORLD_H

#include "net.h"

/* One act. A script is an array of them that ends with one whose path is NULL. */
struct act {
    enum {
        CLIENT,
        API,
        ECHO
    } who;       /* a client that sends GET PATH, the API's answer to a call, or a
                    client that sends PATH as it is, and hears it back */
    int request; /* API: the call that the gateway makes for this request */
    const char *path;
    const char *after; /* not before this event: how its line begins, "#1 asks". NULL: at once */
    int ms;            /* nor before so many ms after the world began, or after the call came */
    int status;        /* API: answers with this error. 0: with what there is at PATH */
    const char *until; /* CLIENT: resets its connection after this event. NULL: reads to the end.
                          ECHO: sends after this event. NULL: at once */
    int times;         /* ECHO: the event must have been told so often (0: once) */
};

/* Starts the world: a child process in which the API listens on a port of its own, put into API,
 * and the clients of SCRIPT (NULL: none) connect to GATEWAY, the descriptor of a listening socket.
 * A call to the API of which the script says nothing is answered after MS. The child ends with the
 * program, however that ends, and the program with the child. No other thread may be running. Ends
 * the program if there can be no such process. */
void world_start(const struct act *script, int gateway, int ms, struct address *api);

/* Ends the world and waits until it is gone. */
void world_end(void);

#endif
