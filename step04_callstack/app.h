/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "gen.h"

/* Makes the generator that answers request ID: it pauses where it waits, and returns what is to be
 * answered, or raises an error. The caller owns it. NULL if memory runs out. */
typedef struct gen *handler(int id);

/* The handler for PATH, or NULL. The article's get_handler. */
handler *get_handler(const char *path);

/* Handlers, which are functions, in files of their own. */
handler nested, nap;

#endif
