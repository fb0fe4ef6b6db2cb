/* web.c - tests of what reads requests and messages (step 7 on). Prints when each is complete, if
 * it comes byte by byte, and what it says. Each part of a text is tried in memory of its own
 * length, so that a sanitizer sees whoever looks behind it. */
#define _POSIX_C_SOURCE 200809L

#include "web.h"

#include "relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text, size_t len)
{
    char *part = malloc(len == 0 ? 1 : len);

    if (part == NULL)
        exit(2);
    memcpy(part, text, len);
    return part;
}

/* Prints TEXT on one line, cut. */
static void show(const char *text)
{
    for (int i = 0; text[i] != '\0' && i < 150; i++) {
        if (text[i] == '\r')
            printf("\\r");
        else if (text[i] == '\n')
            printf("\\n");
        else
            putchar(text[i]);
    }
    printf("\n");
}

static bool try_request(const char *text, size_t len, bool last, struct web_request *request)
{
    char *part = copy(text, len);
    bool done = web_parse(part, len, last, request);

    free(part);
    return done;
}

static void show_request(const struct web_request *request)
{
    printf(" %d", request->status);
    if (request->status == 200)
        printf(" %s", request->path);
    printf(", head %zu, body %zu%s\n", request->head, request->body,
           request->keep_alive ? ", keep alive" : "");
}

/* Reads the requests in TEXT, which comes byte by byte. */
static void requests(const char *text)
{
    struct web_request request;
    size_t len = 0, all = strlen(text);

    show(text);
    while (all > 0 && len <= all) {
        size_t taken;

        len = 0;
        while (len <= all && !try_request(text, len, false, &request))
            len++;
        if (len > all) {
            printf("  not complete at %zu", all);
            if (!try_request(text, all, true, &request))
                printf(", FAILED: nor at the end");
            show_request(&request);
            return;
        }
        printf("  at %zu:", len);
        show_request(&request);
        taken = request.head + request.body;
        if (!request.keep_alive || taken > all)
            return;
        text += taken;
        all -= taken;
        len = 0;
    }
}

static void read_requests(void)
{
    static char much[9001];

    requests("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    requests("GET /a HTTP/1.1\n\n");
    requests("\r\n\n\r\nGET /a HTTP/1.1\r\n\r\n");
    requests("GET /a?b=c HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.0\r\n\r\nGET /d");
    requests("GET /a HTTP/1.1\r\n\r\nGET /b HT");
    requests("GET /a HTTP/1.0\r\n\r\n");
    requests("GET /a HTTP/1.0\nConnection: keep-alive\n\nGET /b HTTP/1.0\n\n");
    requests("\r\nGET /a HTTP/1.0\n\n");
    requests("GET /a HTTP/1.1\r\nCONNECTION:\t close\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nX-Connection: close\r\nConnection: Keep-Alive\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nConnection:\r\n\r\n");
    requests("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nGETGET /b HTTP/1.1\r\n\r\n");
    requests("POST /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\ncontent-length:3\r\n\r\nxxxGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 4294967296\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: +1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 0x10\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 1 2\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length:\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: \r\n 3\r\n\r\n");
    /* What another program might read otherwise is refused. */
    requests("GET /a HTTP/1.1\r\nContent-Length : 3\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\n Content-Length: 3\r\n\r\nxxxGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 1\r\n 0\r\n\r\nxGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nContent-Length: 5\r9\r\n\r\nxxxxx");
    requests("GET /a HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n");
    requests("GET /a HTTP/1.1\r\n\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nno colon\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nConnection: TE, close\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nConnection: x\r\nConnection: Close\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nConnection: closed-captions\r\n\r\n");
    requests("GET /a HTTP/1.0\r\nConnection: Upgrade,keep-alive\r\n\r\n");
    requests("GET /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    requests("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    requests("HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    requests("garbage\r\n\r\nGET /a HTTP/1.1\r\n\r\n");
    requests("\r\n\r\n");
    memset(much, 'x', sizeof much - 1);
    requests(much);
    memcpy(much, "GET /", 5);
    requests(much);
    memcpy(much, "GET /a HTTP/1.1\r\n", 17);
    requests(much);
    memcpy(much, "POST /a HTTP/1.1\r\n", 18);
    requests(much);
    memset(much, '\n', sizeof much - 1);
    requests(much);
}

/* Reads the messages in TEXT, which comes byte by byte. */
static void messages(const char *text)
{
    struct relay_message message;
    size_t len = 0, all = strlen(text);

    show(text);
    for (bool sound = true; sound && len <= all; len++) {
        char *part = copy(text, len);

        sound = relay_parse(part, len, &message);
        if (!sound) {
            printf("  at %zu: is none\n", len);
        } else if (message.len > 0) {
            printf("  at %zu: %zu bytes, serial '%s', dest '%s', body '%.*s'\n", len, message.len,
                   message.serial, message.dest, (int)message.body_len, message.body);
        }
        free(part);
    }
}

static void read_messages(void)
{
    static char much[9001];

    messages("POST /TransProxy HTTP/1.1\r\nContent-Length: 24\r\n\r\n"
             "{\"SerialNumber\": \"0000\"}\r\n");
    messages("POST /PrivateData HTTP/1.1\r\nDestUuid: 0000 x\r\nContent-Length: 2\r\n\r\nab\n");
    messages("HTTP/1.1 200 OK\r\n\r\n");
    messages("X\r\nContent-Length: 0\r\n\r\n\r\n");
    messages("X\r\nDestUuid:\r\nContent-Length: 14\r\n\r\n\"SerialNumber\"");
    messages("X\r\nContent-Length: 18\r\n\r\n\"SerialNumber\": \"12345");
    messages("X\r\nContent-Length: 20\r\n\r\n{\"SerialNumber\": \"\"}");
    messages("X\r\nDestUuid: 1234567890123456789012345678901234567890\r\n\r\n");
    messages("X\r\nContent-Length: -1\r\n\r\n");
    messages("X\r\nContent-Length: 99999999999999999999\r\n\r\n");
    messages("X\r\nContent-Length: 8192\r\n\r\n");
    memset(much, 'x', sizeof much - 1);
    messages(much);
    memcpy(much, "X\r\nContent-Length: 8192\r\n\r\n", 27);
    messages(much);
}

int main(void)
{
    read_requests();
    read_messages();
    return 0;
}
