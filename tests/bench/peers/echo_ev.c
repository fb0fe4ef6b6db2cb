/* echo_ev.c - an echo server on libev. As in raw_echo.c, who does not read is hung up on. */
#define _GNU_SOURCE /* POSIX has no accept4() */

#include <arpa/inet.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void echo(struct ev_loop *loop, ev_io *client, int events)
{
    static char buffer[65536];
    ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);

    (void)events;
    if (n > 0 && send(client->fd, buffer, (size_t)n, MSG_NOSIGNAL) == n)
        return;
    ev_io_stop(loop, client);
    close(client->fd);
    free(client);
}

static void let_in(struct ev_loop *loop, ev_io *listener, int events)
{
    static const int on = 1;
    int fd;

    (void)events;
    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK)) != -1) {
        ev_io *client = malloc(sizeof *client);

        if (client == NULL)
            exit(1);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ev_io_init(client, echo, fd, EV_READ);
        ev_io_start(loop, client);
    }
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ev_io listener;

    if (fd == -1 || bind(fd, (struct sockaddr *)&address, len) == -1 || listen(fd, 4096) == -1 ||
        getsockname(fd, (struct sockaddr *)&address, &len) == -1)
        return 1;
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    ev_io_init(&listener, let_in, fd, EV_READ);
    ev_io_start(EV_DEFAULT, &listener);
    ev_run(EV_DEFAULT, 0);
    return 0;
}
