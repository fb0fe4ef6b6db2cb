/* server.h - the server on the event loop, whose handlers await futures. Stages 0x04 and 0x05 of
 * the article. */
#ifndef SERVER_H
#define SERVER_H

#include "support/service.h"

/* Accepts connections and answers one request over each, until it is told to stop and what it had
 * begun to answer is answered. One peer's failure never concerns another. */
void serve_multiplexed(const struct service *service);

#endif
