/* framework.h - what is between the loop and the business logic: stages 0x01 to 0x04 of the article
 * build it up. */
#ifndef FRAMEWORK_H
#define FRAMEWORK_H

#include "support/clients.h"

/* Serves on one thread, by an event loop. */
void serve_gateway(const struct service *service);

/* The API has answered what it was called for on behalf of CLIENT, or has failed to. */
void on_answer(struct client *client, struct answer answer);

#endif
