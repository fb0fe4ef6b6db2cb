/* app.h - the business logic: who answers which path. */
#ifndef APP_H
#define APP_H

#include "support/http.h"

/* Answers one request, from start to end. ID is the request's number. */
typedef struct answer handler(int id);

/* The handler for PATH, or NULL. The article's get_handler. */
handler *get_handler(const char *path);

#endif
