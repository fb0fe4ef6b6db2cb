/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "support/http.h"

/* Answers one request, from start to end. ID is the request's number. */
typedef struct answer handler(int id);

struct route {
    const char *path;
    handler *handler;
    int calls; /* how many times it calls the API, one call after the other */
};

/* The route for PATH, or NULL. The article's get_handler. */
const struct route *get_handler(const char *path);

#endif
