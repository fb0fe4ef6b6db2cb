/* net.h - TCP sockets without the ceremony. Support: no lesson needs this file to be read. */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Where to connect to, or to listen: an IPv4 or IPv6 address with its port. */
struct address {
    struct sockaddr_storage sa;
    socklen_t len;
};

/* Looks up HOST and PORT (digits), and prefers IPv4 where there are both. Blocks while a name server is asked, so it is for set-up only.
 * Returns NULL and fills ADDRESS, or returns the reason, a static text. */
const char *net_resolve(struct address *address, const char *host, const char *port);

/* Listens at ADDRESS (port 0: any free one). Returns a non-blocking descriptor that the caller
 * closes, or -1 with errno. */
int net_listen(const struct address *address);

/* Fills ADDRESS with the one that the listening socket FD really has. */
void net_own_address(int fd, struct address *address);

/* The port of ADDRESS, in host byte order. */
int net_port(const struct address *address);

/* Accepts one connection. Returns its descriptor, which the caller closes, or -1 with errno:
 * EAGAIN when nobody is there; anything else: mostly that no descriptor or no memory is left.
 * Connections that died while they queued are passed over. */
int net_accept(int listener, bool blocking);

/* Connects to ADDRESS. Blocking: returns when that is done. Otherwise at once: the descriptor turns
 * writable when net_connected() can tell how it went. Returns the descriptor, which the caller
 * closes, or -1 with errno. */
int net_connect(const struct address *address, bool blocking);

/* How a connect ended: 0, or an errno value. */
int net_connected(int fd);

/* read() and send() that neither EINTR nor SIGPIPE can disturb. Return what was moved, which may be
 * less than LEN; 0 from net_read is the end of the stream; -1 with errno, EAGAIN included. */
ssize_t net_read(int fd, void *data, size_t len);
ssize_t net_write(int fd, const void *data, size_t len);

/* Whether errno speaks of a socket that is merely not ready. */
bool net_not_ready(void);

/* Makes FD block, or not. Returns false with errno. */
bool net_set_blocking(int fd, bool blocking);

/* How many descriptors this process may still open, up to 65536, less a few to spare. */
int net_room(void);

#endif
