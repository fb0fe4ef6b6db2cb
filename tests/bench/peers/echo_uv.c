/* echo_uv.c - an echo server on libuv: writes at once, and what the kernel does not take then is
 * queued, as its manual recommends. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct write {
    uv_write_t request;
    char text[]; /* what is left */
};

static char buffer[65536]; /* of all clients */

static void give_buffer(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    (void)handle;
    (void)size;
    *buf = uv_buf_init(buffer, sizeof buffer);
}

static void freed(uv_handle_t *handle)
{
    free(handle);
}

static void written(uv_write_t *request, int status)
{
    (void)status;
    free(request);
}

static void echo(uv_stream_t *client, ssize_t n, const uv_buf_t *buf)
{
    uv_buf_t left = uv_buf_init(buf->base, (unsigned)(n > 0 ? n : 0));
    struct write *write;
    int sent;

    if (n < 0) {
        uv_close((uv_handle_t *)client, freed);
        return;
    }
    sent = uv_try_write(client, &left, 1);
    sent = sent < 0 ? 0 : sent;
    if (sent == n)
        return;
    write = malloc(sizeof *write + (size_t)(n - sent));
    if (write == NULL)
        exit(1);
    left = uv_buf_init(write->text, (unsigned)(n - sent));
    memcpy(write->text, buf->base + sent, left.len);
    uv_write(&write->request, client, &left, 1, written);
}

static void let_in(uv_stream_t *listener, int status)
{
    uv_tcp_t *client = malloc(sizeof *client);

    if (status < 0 || client == NULL || uv_tcp_init(listener->loop, client) != 0)
        exit(1);
    if (uv_accept(listener, (uv_stream_t *)client) == 0) {
        uv_tcp_nodelay(client, 1);
        uv_read_start((uv_stream_t *)client, give_buffer, echo);
    } else {
        uv_close((uv_handle_t *)client, freed);
    }
}

int main(void)
{
    struct sockaddr_in address;
    int len = sizeof address;
    uv_tcp_t listener;

    uv_ip4_addr("127.0.0.1", 0, &address);
    if (uv_tcp_init(uv_default_loop(), &listener) != 0 ||
        uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
        uv_listen((uv_stream_t *)&listener, 4096, let_in) != 0 ||
        uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &len) != 0)
        return 1;
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
