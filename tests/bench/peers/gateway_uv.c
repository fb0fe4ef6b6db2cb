/* gateway_uv.c - a gateway on libuv: callbacks. Asks the API for /foo for each client that asks for
 * /one.
 *
 *     gateway_uv --port 0 --api HOST:PORT
 *
 * A request comes at once, and so does an answer: what comes first is all. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* A client, and the call that is made for it. */
struct conn {
    uv_tcp_t client, call;
    uv_connect_t connect;
    uv_write_t ask, reply;
    int open; /* how many of the two sockets */
    char out[512];
};

static char buffer[65536]; /* of all */
static struct sockaddr_in api;

static void give_buffer(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    (void)handle;
    (void)size;
    *buf = uv_buf_init(buffer, sizeof buffer - 1);
}

static void closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;

    if (--conn->open == 0)
        free(conn);
}

static void hang_up(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, closed);
}

static void replied(uv_write_t *request, int status)
{
    (void)status;
    hang_up(request->handle);
}

static void heard(uv_stream_t *call, ssize_t n, const uv_buf_t *buf)
{
    struct conn *conn = call->data;
    const char *body;
    uv_buf_t out;
    int len;

    if (n == 0)
        return;
    hang_up(call);
    buffer[n > 0 ? n : 0] = '\0';
    body = strstr(buf->base, "\r\n\r\n");
    if (n < 0 || body == NULL) {
        hang_up(&conn->client);
        return;
    }
    body += 4;
    len = snprintf(conn->out, sizeof conn->out,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   strlen(body), body);
    out = uv_buf_init(conn->out, (unsigned)len);
    uv_write(&conn->reply, (uv_stream_t *)&conn->client, &out, 1, replied);
}

static void asked(uv_write_t *request, int status)
{
    if (status == 0)
        uv_read_start(request->handle, give_buffer, heard);
}

static void connected(uv_connect_t *connect, int status)
{
    static char text[] = "GET /foo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    struct conn *conn = connect->handle->data;
    uv_buf_t out = uv_buf_init(text, sizeof text - 1);

    if (status == 0) {
        uv_write(&conn->ask, connect->handle, &out, 1, asked);
    } else {
        hang_up(&conn->call);
        hang_up(&conn->client);
    }
}

static void begin_call(uv_stream_t *client, ssize_t n, const uv_buf_t *buf)
{
    struct conn *conn = client->data;

    if (n == 0)
        return;
    uv_read_stop(client);
    if (n < 4 || memcmp(buf->base + n - 4, "\r\n\r\n", 4) != 0 ||
        uv_tcp_init(client->loop, &conn->call) != 0) {
        hang_up(client);
        return;
    }
    conn->call.data = conn;
    conn->open++;
    if (uv_tcp_connect(&conn->connect, &conn->call, (struct sockaddr *)&api, connected) != 0)
        exit(1);
}

static void let_in(uv_stream_t *listener, int status)
{
    struct conn *conn = malloc(sizeof *conn);

    if (status < 0 || conn == NULL || uv_tcp_init(listener->loop, &conn->client) != 0)
        exit(1);
    conn->client.data = conn;
    conn->open = 1;
    if (uv_accept(listener, (uv_stream_t *)&conn->client) == 0)
        uv_read_start((uv_stream_t *)&conn->client, give_buffer, begin_call);
    else
        hang_up(&conn->client);
}

static void stop(uv_signal_t *handle, int number)
{
    (void)handle;
    (void)number;
    _exit(0);
}

int main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    char *colon = argc == 5 ? strchr(argv[4], ':') : NULL;
    struct sockaddr_in address;
    int len = sizeof address;
    uv_tcp_t listener;
    uv_signal_t end;

    if (colon == NULL)
        return 2;
    *colon = '\0';
    uv_ip4_addr(argv[4], atoi(colon + 1), &api);
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_signal_init(loop, &end);
    uv_signal_start(&end, stop, SIGTERM);
    if (uv_tcp_init(loop, &listener) != 0 ||
        uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
        uv_listen((uv_stream_t *)&listener, 4096, let_in) != 0 ||
        uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &len) != 0)
        return 1;
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
