/* blocking.h - what a server whose threads block needs besides, so that its clients cannot hurt it:
 * Ctrl-C, patience at the end, and too few descriptors. Support: no lesson needs this file to be
 * read. */
#ifndef BLOCKING_H
#define BLOCKING_H

#include "service.h"

/* Sets it up for SERVICE; ends the program if it cannot be. From then on, when the program is told
 * to stop, no client is accepted any more, and each that is connected is taken to have sent all
 * that it had to send: so no read from a client blocks for ever. */
void blocking_open(const struct service *service);

/* The connection of a client. */
struct connection {
    int fd;
    int id;          /* the client's number, counted from 1 */
    bool own_thread; /* set this in a thread that ends when it has disconnected this client */
    int place;       /* for blocking.c: where it stands among the others */
};

/* Accepts the next client; waits until it comes, and until there are descriptors for it. The caller
 * owns it, and disconnects it. Returns NULL if no more clients shall be accepted. */
struct connection *accept_client(void);

/* Writes all of TEXT to FD. Returns false if the peer is gone. */
bool write_all(int fd, const char *text, size_t len);

/* Disconnects CLIENT, and frees it, so that it can still read its answer: to close while input is
 * unread would reset the connection, and destroy what is on its way. So it waits for the client to
 * disconnect as well, but half a second at most. If CLIENT has a thread of its own, that does
 * nothing else afterwards: blocking_close() joins it. */
void disconnect(struct connection *client);

/* There is no thread for CLIENT: answers 503, and disconnects it without much patience, because
 * others wait to be accepted. */
void refuse(struct connection *client);

/* Waits until the last client is disconnected, and the last thread of a client has ended. */
void blocking_close(void);

#endif
