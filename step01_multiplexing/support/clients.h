/* clients.h - the clients: accepts them, reads the request of each, sends the reply, disconnects;
 * many at once, and none of them can hurt another. Support: no lesson needs this file to be read.
 *
 * How to wait is what the steps are about. Each step has its own way, and the clients wait by that:
 * clients_watch() begins a wait, and clients_go_on() is called when it is over. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "http.h"
#include "service.h"

/* A client, until it has been replied to and disconnected. Its socket may be closed before. */
struct client;

/* Accepts clients, at most MOST at once, until the requests of SERVICE have come, or the program is
 * told to stop. */
void clients_open(const struct service *service, int most);

/* Goes on with WHO, whose wait is over. */
void clients_go_on(void *who);

/* The number of CLIENT, which is that of its request. */
int client_id(const struct client *client);

/* Sends ANSWER. The caller must not use CLIENT afterwards. */
void reply(struct client *client, struct answer answer);

/* --- what each step does for the clients */

/* CLIENT requests PATH. Exactly once, now or later, reply() is to be called; until then CLIENT is
 * valid, even if it has disconnected. */
void on_request(struct client *client, const char *path);

/* From now on, clients_go_on(WHO) is called each time FD is ready for EVENTS or has failed, in the
 * place of what was asked for FD before; and no more. */
void clients_watch(int fd, short events, void *who);
void clients_unwatch(int fd);

/* The last client is gone, and no other will come. */
void clients_done(void);

#endif
