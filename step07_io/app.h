/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "gen.h"

/* Makes the generator that answers request ID: it returns the text or the integer to be answered,
 * or raises an error. Not a text in its frame, as in step 5: that is freed before the answer is
 * sent. It belongs to the caller. NULL without memory. */
typedef struct gen *handler(int id);

struct route {
    const char *path;
    handler *handler;
};

/* The route for PATH, or NULL. The article's get_handler. */
const struct route *get_handler(const char *path);

#endif
