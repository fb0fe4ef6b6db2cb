/* http.c - tests of HTTP as the gateway speaks it. Prints what each text is read as, whole, and
 * after how many bytes that is known. Each part of a text is tried in memory of its own length, so
 * that a sanitizer sees whoever looks behind it. */
#define _POSIX_C_SOURCE 200809L

#include "http.h"

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

/* Prints the first LEN bytes of TEXT on one line, cut. */
static void show(const char *text, size_t len)
{
    for (size_t i = 0; i < len && i < 150; i++) {
        if (text[i] == '\r')
            printf("\\r");
        else if (text[i] == '\n')
            printf("\\n");
        else
            putchar(text[i] == '\0' ? '@' : text[i]);
    }
    printf("\n");
}

/* LEN bytes of a request. */
static void request_of(const char *text, size_t len)
{
    char path[PATH_SIZE] = "";
    int status = 0, early;
    size_t n = 0;

    show(text, len);
    for (; status == 0 && n <= len; n++) {
        char *part = copy(text, n);

        status = http_parse_request(part, n, false, path);
        free(part);
    }
    early = status;
    if (status == 0)
        status = http_parse_request(text, len, true, path);
    printf("  %s %zu: %d", early == 0 ? "at the end," : "at", n - 1, status);
    if (status == 200)
        printf(" '%s', of request %d", path, http_request_id(text, len));
    printf("\n");
}

static void request(const char *text)
{
    request_of(text, strlen(text));
}

/* LEN bytes of a response. */
static void response_of(const char *text, size_t len)
{
    struct answer answer;
    bool known = false, early;
    size_t n = 0;

    show(text, len);
    for (; !known && n <= len; n++) {
        char *part = copy(text, n);

        known = http_parse_response(part, n, false, &answer);
        free(part);
    }
    early = known;
    if (!known && !http_parse_response(text, len, true, &answer))
        printf("  FAILED: not known at the end\n");
    printf("  %s %zu: %d %.20s\n", early ? "at" : "at the end,", n - 1, answer.status, answer.body);
}

static void response(const char *text)
{
    response_of(text, strlen(text));
}

static void read_requests(void)
{
    static char much[9001];

    request("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    request("GET /a?b=c HTTP/1.0\r\nX-Request-Id: 12\r\n\r\nmore");
    request("\r\n\nGET /a HTTP/1.1\n\n");
    request("GET /a HTTP/1.1\r\nX-Request-Id: x\r\n\r\n");
    request("GET /a HTTP/1.1\r\n");
    request("GET /a");
    request("");
    request("\r\n");
    request("POST /a HTTP/1.1\r\n\r\n");
    request("GET a HTTP/1.1\r\n\r\n");
    request("GET /a HTTP/2.0\r\n\r\n");
    request("GET /a\r\n\r\n");
    request("GET\r\n\r\n");
    request("get /a HTTP/1.1\r\n\r\n");
    request_of("GET /a\0b HTTP/1.1\r\n\r\n", 21);
    memset(much, 'x', sizeof much - 1);
    request(much);
    memcpy(much, "GET /", 5);
    request(much);
    memcpy(much + 500, " HTTP/1.1\r\n\r\n", 13);
    request(much);
    memcpy(much, "GET /a HTTP/1.1\r\n", 17);
    request(much);
}

static void read_responses(void)
{
    static char much[9001];

    response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbarmore");
    response("HTTP/1.0 200\r\n\r\nbar");
    response("HTTP/1.1 200 OK\ncontent-length:\t3 \n\nbar");
    response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    response("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbar");
    response("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\nbar");
    response("HTTP/1.1 200 OK\r\nContent-Length: 4294967299\r\n\r\nbar");
    response("HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nbar");
    response("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nbar");
    response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbar\r\n");
    response("HTTP/1.1 404 Not Found\r\n\r\n");
    response("HTTP/2 200 OK\r\n\r\n");
    response("HTTP/1.1 200 OK\r\n");
    response("");
    response_of("HTTP/1.1 200 OK\r\n\r\nb\0r", 22);
    memset(much, 'x', sizeof much - 1);
    response(much);
    memcpy(much, "HTTP/1.1 200 OK\r\n\r\n", 19);
    response(much);
}

static void write_all(void)
{
    static const int statuses[] = {200, 400, 404, 405, 431, 500, 501, 502, 503, 504, 418};
    struct answer answer;
    char text[2 * BODY_SIZE], small[20];

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        answer = http_error(statuses[i]);
        show(text, http_format_response(text, sizeof text, &answer));
    }
    printf("too small: %zu\n", http_format_response(small, sizeof small, &answer));
    show(text, http_format_request(text, sizeof text, "api", "/a%20b", 7));
    printf("no path: %zu\n", http_format_request(text, sizeof text, "api", "", 7));
    printf("with a blank: %zu\n", http_format_request(text, sizeof text, "api", "/a b", 7));
    printf("too small: %zu\n", http_format_request(small, sizeof small, "api", "/a", 7));
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    answer = http_ok(text);
    printf("cut: %zu\n", strlen(answer.body));
}

int main(void)
{
    read_requests();
    read_responses();
    write_all();
    return 0;
}
