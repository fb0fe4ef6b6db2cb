/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "support/clients.h"

/* Begins to answer the request of CLIENT and returns at the first wait. Exactly once, now or in a
 * callback, reply() is called. */
typedef void handler(struct client *client);

/* The handler for PATH, or NULL. The article's get_handler. */
handler *get_handler(const char *path);

#endif
