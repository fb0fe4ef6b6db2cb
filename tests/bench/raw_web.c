/* raw_web.c - a web server without tasks, which knows /hello: what step 7's is compared with. It
 * parses as little as one can, and answers with the same bytes. A request that comes in pieces is
 * hung up on, so that there is nothing to remember. */
#include "raw.h"

static bool serve(int fd)
{
    static const char hello[] = "HTTP/1.1 200 OK\r\n"
                                "Content-Type: text/plain\r\n"
                                "Content-Length: 5\r\n"
                                "Connection: keep-alive\r\n"
                                "\r\n"
                                "hello";
    static const char path[] = "GET /hello HTTP/1.1\r\n";
    static char buffer[65536];
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);

    return n > (ssize_t)sizeof path + 2 && memcmp(buffer, path, sizeof path - 1) == 0 &&
           memcmp(buffer + n - 4, "\r\n\r\n", 4) == 0 &&
           send(fd, hello, sizeof hello - 1, MSG_NOSIGNAL) == (ssize_t)sizeof hello - 1;
}
