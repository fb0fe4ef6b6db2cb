/* raw_echo.c - an echo server without tasks: what step 7's is compared with. A client that sends so
 * much that its echo would have to wait is hung up on, so that there is nothing to remember. */
#include "raw.h"

static bool serve(int fd)
{
    static char buffer[65536];
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);

    return n > 0 && send(fd, buffer, (size_t)n, MSG_NOSIGNAL) == n;
}
