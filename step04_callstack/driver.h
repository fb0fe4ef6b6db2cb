/* driver.h - drives the handlers: sends each what it waits for. */
#ifndef DRIVER_H
#define DRIVER_H

#include "gen.h"
#include "support/clients.h"

/* Drives HANDLER to its end, and replies to CLIENT with what it returns or raises. Takes over
 * HANDLER; NULL: memory ran out when it was made. Returns without waiting. */
void drive(struct client *client, struct gen *handler);

#endif
