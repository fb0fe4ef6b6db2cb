/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "server.h"

/* Begins to answer the request of CONN and returns at the first wait. Exactly once, now or in a
 * callback, reply() is called; until then CONN is there, whatever its client does. */
typedef void handler(struct conn *conn);

struct route {
    const char *path;
    handler *handler;
};

/* The route for PATH, or NULL. The article's get_handler. */
const struct route *get_handler(const char *path);

#endif
