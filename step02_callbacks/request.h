/* request.h - how a handler calls the API. Stage 0x02 of the article. */
#ifndef REQUEST_H
#define REQUEST_H

#include "api.h"
#include "support/clients.h"
#include "support/story.h"

/* Calls the API, for CLIENT, for the path that FORMAT makes, and returns at once. THEN will be
 * called with ARG and with the answer. */
void request(struct client *client, answer_callback *then, void *arg, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
