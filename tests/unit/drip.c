/* drip.c - sockets that are slow: each other call finds nothing, or no room, and the others read or
 * write one byte. (net.c is built with read called drip_read and send called drip_send.) Those that
 * may block are as they are. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t drip_read(int fd, void *data, size_t len);
ssize_t drip_send(int fd, const void *data, size_t len, int flags);

static bool blocks(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

/* Whether this call finds FD not ready. Sets errno then. */
static bool is_dry(int fd)
{
    static bool was_dry[65536];

    was_dry[fd] = !was_dry[fd];
    errno = EAGAIN;
    return was_dry[fd];
}

ssize_t drip_read(int fd, void *data, size_t len)
{
    if (blocks(fd))
        return read(fd, data, len);
    return is_dry(fd) ? -1 : read(fd, data, len < 1 ? len : 1);
}

ssize_t drip_send(int fd, const void *data, size_t len, int flags)
{
    if (blocks(fd))
        return send(fd, data, len, flags);
    return is_dry(fd) ? -1 : send(fd, data, len < 1 ? len : 1, flags);
}
