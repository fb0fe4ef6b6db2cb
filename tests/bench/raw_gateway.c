/* raw_gateway.c - a gateway without tasks, which knows /one: what all others are compared with.
 *
 *     raw_gateway --port 0 --api HOST:PORT
 *
 * It parses as little as one can. A request or an answer that comes in pieces is hung up on, so
 * that there is nothing to remember but who waits for whom. */
#include "raw.h"

#include <errno.h>

enum { FDS_MAX = 65536 };

enum state { READING, WAITING, CONNECTING, HEARING };

static struct {
    enum state state; /* a client reads and waits, a call connects and hears */
    int other;        /* the call of a client that waits; the client of a call */
} conns[FDS_MAX];

static void end(int fd)
{
    conns[fd].state = READING; /* whoever has the number next */
    close(fd);
}

static struct sockaddr_in api_address(void)
{
    static struct sockaddr_in address;

    if (address.sin_port == 0) {
        char *colon = strchr(words[4], ':');

        *colon = '\0';
        address.sin_family = AF_INET;
        address.sin_port = htons((unsigned short)atoi(colon + 1));
        inet_pton(AF_INET, words[4], &address.sin_addr);
    }
    return address;
}

/* The client FD has sent a request: calls the API. */
static bool begin_call(int fd)
{
    static const char path[] = "GET /one HTTP/1.1\r\n";
    struct sockaddr_in address = api_address();
    char text[4096];
    ssize_t n = recv(fd, text, sizeof text, 0);
    int call;

    if (n < (ssize_t)sizeof path + 2 || memcmp(text, path, sizeof path - 1) != 0 ||
        memcmp(text + n - 4, "\r\n\r\n", 4) != 0)
        return false;
    call = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (call == -1 || call >= FDS_MAX)
        exit(1);
    if (connect(call, (struct sockaddr *)&address, sizeof address) == -1 && errno != EINPROGRESS) {
        close(call);
        return false;
    }
    watch(call, EPOLLOUT);
    conns[call].state = CONNECTING;
    conns[call].other = fd;
    conns[fd].state = WAITING;
    conns[fd].other = call;
    return true;
}

/* The CALL is connected: asks. */
static bool ask(int call)
{
    static const char text[] = "GET /foo HTTP/1.1\r\n"
                               "Host: 127.0.0.1\r\n"
                               "Connection: close\r\n"
                               "\r\n";
    struct epoll_event event = {.events = EPOLLIN, .data.fd = call};

    conns[call].state = HEARING;
    return send(call, text, sizeof text - 1, MSG_NOSIGNAL) == (ssize_t)sizeof text - 1 &&
           epoll_ctl(epoll, EPOLL_CTL_MOD, call, &event) == 0;
}

/* The CALL is answered: answers its client. */
static void finish(int call)
{
    char text[4096], out[8192];
    const char *body;
    ssize_t n = recv(call, text, sizeof text - 1, 0);
    int len;

    text[n > 0 ? n : 0] = '\0';
    body = strstr(text, "\r\n\r\n");
    if (body == NULL)
        return;
    body += 4;
    len = snprintf(out, sizeof out,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   strlen(body), body);
    send(conns[call].other, out, (size_t)len, MSG_NOSIGNAL);
}

static bool serve(int fd)
{
    int other = conns[fd].other;

    switch (conns[fd].state) {
    case READING:
        return begin_call(fd);
    case CONNECTING:
        if (ask(fd))
            return true;
        break;
    case HEARING:
        finish(fd);
        break;
    case WAITING: /* it has hung up, or sent more than we want */
        break;
    }
    end(other);
    conns[fd].state = READING;
    return false;
}
