/* clang-format off: it would make one paragraph of this.
 *
 * peer.c - the tests' own client and API: says and does what it is told to, word by word.
 *
 *   peer client PORT WORD...   @NAME      goes on as connection NAME (connects, the first time)
 *                              get:PATH   sends a whole request
 *                              send:TEXT  sends TEXT, in which \r and \n may stand
 *                              drip:TEXT  the same, one byte at a time
 *                              fill:N     sends N times the letter x
 *                              shut       sends no more, but reads
 *                              reset      closes with a reset
 *                              close      closes, read or not
 *                              recv       reads an answer, and to the end unless it says that the
 *                                         connection is kept; prints the status and the body, closes
 *                              keep       the same, but does not close
 *                              end        reads to the end, prints "end", or "reset", or how many
 *                                         bytes came before it
 *                              echo:N     sends N bytes, reads them back at the same time, compares
 *                                         them, prints how many were right
 *                              sent:N     sends those N bytes alone
 *                              back:N     reads back those that sent:N has sent
 *                              trickle    sends a byte every 0.1 s until the connection breaks
 *                              wait       reads a line from stdin
 *                              crowd:N:PATH  N further clients at once; prints how many got what
 *                              slow:N     N further clients, which send a byte now and then, until
 *                                         the last connection breaks; prints how long each lived
 *                              storm:N    N further clients, which ask and reset
 *   peer api WORD...           prints its port, and does WORDS with each connection that has sent a
 *                              request: send:TEXT, shut, reset, close, hold; call prints that word,
 *                              show prints the head of the request, wait reads a line from stdin,
 *                              end reads to the end, and prints that word then
 *   peer limit SECONDS COMMAND...  runs COMMAND, and kills it after so many seconds
 *   peer unused                prints a port on which nobody listens
 */
/* clang-format on */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NAMES_MAX = 64, TEXT_SIZE = 65536 };

static void die(const char *what)
{
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int tcp_socket(struct sockaddr_in *address, int port)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1)
        die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_port = htons((unsigned short)port);
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return fd;
}

static int connect_to(int port)
{
    struct sockaddr_in address;
    int fd = tcp_socket(&address, port);

    if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
        die("connect");
    return fd;
}

/* Listens on a port of the kernel's choice and prints it. */
static int listen_anywhere(void)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    int fd = tcp_socket(&address, 0);

    if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1 || listen(fd, 128) == -1 ||
        getsockname(fd, (struct sockaddr *)&address, &len) == -1)
        die("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

/* Sends TEXT in portions of PORTION bytes. A peer that has gone away is no mistake of ours. */
static void send_text(int fd, const char *text, size_t len, size_t portion)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len < portion ? len : portion, MSG_NOSIGNAL);

        if (n == -1)
            return;
        text += n;
        len -= (size_t)n;
    }
}

/* Turns \r and \n in TEXT into what they stand for. Returns a static text. */
static const char *unescape(const char *text)
{
    static char out[TEXT_SIZE];
    size_t len = 0;

    for (; *text != '\0' && len + 1 < sizeof out; text++) {
        if (*text == '\\' && (text[1] == 'r' || text[1] == 'n'))
            out[len++] = *++text == 'r' ? '\r' : '\n';
        else
            out[len++] = *text;
    }
    out[len] = '\0';
    return out;
}

static void send_get(int fd, const char *path)
{
    char text[1024];
    int len = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);

    send_text(fd, text, (size_t)len, (size_t)len);
}

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

/* Reads LEN bytes into TEXT. Returns how many came before the end; -1 after a reset. */
static ssize_t read_all(int fd, char *text, size_t len)
{
    size_t got = 0;
    ssize_t n = 1;

    while (got < len && (n = recv(fd, text + got, len - got, 0)) > 0)
        got += (size_t)n;
    return n == -1 ? -1 : (ssize_t)got;
}

/* The length of the body behind HEAD, or SIZE if it ends with the connection, and so does any that
 * is the last: what follows it is a mistake, and shall be seen. */
static size_t body_length(const char *head, size_t size)
{
    const char *length = strstr(head, "\r\nContent-Length: ");

    return length == NULL || strstr(head, "\r\nConnection: keep-alive\r\n") == NULL
               ? size
               : strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
}

/* Reads an answer. Fills OUT with "200 bar", or with "nothing" or "reset". */
static void receive(int fd, char *out, size_t size)
{
    static char text[TEXT_SIZE];
    size_t len = 0;
    ssize_t n = 1;
    const char *end = NULL;

    /* Byte by byte: the next answer may follow, and stays where it is. */
    while (end == NULL && len + 1 < sizeof text && (n = read_all(fd, text + len, 1)) == 1) {
        text[++len] = '\0';
        end = len < 4 ? NULL : strstr(text + len - 4, "\r\n\r\n");
    }
    if (end != NULL) {
        size_t room = sizeof text - 1 - len, body = body_length(text, room);

        n = read_all(fd, text + len, body < room ? body : room);
        text[len + (n == -1 ? 0 : (size_t)n)] = '\0';
    }
    if (n == -1)
        snprintf(out, size, "reset");
    else if (len == 0)
        snprintf(out, size, "nothing");
    else if (end == NULL || strncmp(text, "HTTP/1.1 ", 9) != 0)
        snprintf(out, size, "no HTTP: %.60s", text);
    else
        snprintf(out, size, "%.3s %s", text + 9, end + 4);
}

/* Reads to the end. Fills OUT with "end", "reset", or how much came before. */
static void receive_end(int fd, char *out, size_t size)
{
    static char text[TEXT_SIZE];
    long got = 0;
    ssize_t n;

    while ((n = recv(fd, text, sizeof text, 0)) > 0)
        got += n;
    if (got > 0)
        snprintf(out, size, "%ld bytes", got);
    else
        snprintf(out, size, n == 0 ? "end" : "reset");
}

/* Byte I of what is echoed. A byte that is lost, doubled or swapped does not go unseen. */
static char pattern(long i)
{
    return (char)(i ^ i >> 8 ^ i >> 16);
}

/* Sends bytes SENT to N, as many as go now or, if ALONE, all of them. Returns how many are out. */
static long send_pattern(int fd, long sent, long n, int alone)
{
    static char text[TEXT_SIZE];

    do {
        long i = 0;
        ssize_t out;

        for (; i < TEXT_SIZE && sent + i < n; i++)
            text[i] = pattern(sent + i);
        out = send(fd, text, (size_t)i, MSG_NOSIGNAL | (alone ? 0 : MSG_DONTWAIT));
        if (out == -1)
            return errno == EAGAIN ? sent : n; /* gone: what does not come back tells of it */
        sent += out;
    } while (alone && sent < n);
    return sent;
}

/* Sends bytes SENT to N of the pattern while it reads all N back. Fills OUT with what came. */
static void echo(int fd, long sent, long n, char *out, size_t size)
{
    static char text[TEXT_SIZE];
    long got = 0;
    ssize_t more = 1;

    while (got < n && more > 0) {
        struct pollfd pollfd = {.fd = fd, .events = POLLIN};

        if (sent < n)
            pollfd.events |= POLLOUT;
        poll(&pollfd, 1, -1);
        if (sent < n && (pollfd.revents & POLLOUT) != 0)
            sent = send_pattern(fd, sent, n, 0);
        if ((pollfd.revents & ~POLLOUT) == 0)
            continue;
        more = recv(fd, text, n - got < TEXT_SIZE ? (size_t)(n - got) : TEXT_SIZE, 0);
        for (ssize_t i = 0; i < more; i++, got++) {
            if (text[i] != pattern(got)) {
                snprintf(out, size, "byte %ld is wrong", got);
                return;
            }
        }
    }
    snprintf(out, size, more == -1 ? "%ld echoed, reset" : "%ld echoed", got);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* N clients that all ask before the first one reads. */
static void crowd(int port, const char *what)
{
    static char answers[1024][64];
    static int fds[1024];
    char *path;
    long n = strtol(what, &path, 10);
    int same = 0;

    for (long i = 0; i < n; i++) {
        fds[i] = connect_to(port);
        send_get(fds[i], path + 1);
    }
    for (long i = 0; i < n; i++) {
        receive(fds[i], answers[i], sizeof answers[i]);
        close(fds[i]);
    }
    qsort(answers, (size_t)n, sizeof answers[0], compare);
    for (long i = 0; i < n; i++) {
        same++;
        if (i + 1 == n || strcmp(answers[i], answers[i + 1]) != 0) {
            printf("%d times: %s\n", same, answers[i]);
            same = 0;
        }
    }
}

/* Now, in ms. */
static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

/* N clients that send a byte each 20 ms, of a head that never ends, for as long as they may. */
static void slow(int port, long n)
{
    static struct pollfd fds[1024];
    static const char head[] = "GET /one HTTP/1.1\r\nX: ";
    long left = n, shortest = 0, longest = 0, start = now();

    for (long i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = connect_to(port), .events = POLLIN};
    for (size_t at = 0; left > 0; at++) {
        for (long i = 0; i < n; i++)
            if (fds[i].fd != -1)
                send(fds[i].fd, at < sizeof head - 1 ? head + at : "x", 1, MSG_NOSIGNAL);
        poll(NULL, 0, 20);
        poll(fds, (nfds_t)n, 0);
        for (long i = 0; i < n; i++) {
            if (fds[i].fd == -1 || fds[i].revents == 0)
                continue;
            longest = now() - start;
            shortest = shortest == 0 ? longest : shortest;
            close(fds[i].fd);
            fds[i].fd = -1;
            left--;
        }
    }
    printf("%ld lived %ld to %ld ms\n", n, shortest, longest);
}

/* N clients, one after the other, which ask, or begin to, and reset. */
static void storm(int port, long n)
{
    static const char *const asked[] = {"", "GET /o", "GET /one HTTP/1.1\r\n\r\n",
                                        "GET /two HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\n\r\n"};

    for (long i = 0; i < n; i++) {
        int fd = connect_to(port);

        send_text(fd, asked[i % 4], strlen(asked[i % 4]), TEXT_SIZE);
        reset(fd);
    }
}

/* Whether WORD begins with PREFIX; REST is what follows. */
static int is(const char *word, const char *prefix, const char **rest)
{
    *rest = word + strlen(prefix);
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* What both sides can do. Returns 0 if WORD is none of that. */
static int act(int fd, const char *word)
{
    const char *rest;

    if (is(word, "send:", &rest))
        send_text(fd, unescape(rest), strlen(unescape(rest)), TEXT_SIZE);
    else if (is(word, "shut", &rest))
        shutdown(fd, SHUT_WR);
    else if (is(word, "reset", &rest))
        reset(fd);
    else if (is(word, "close", &rest))
        close(fd);
    else
        return 0;
    return 1;
}

static void fill(int fd, long n)
{
    char text[1000];

    memset(text, 'x', sizeof text);
    for (; n > 0; n -= (long)sizeof text)
        send_text(fd, text, n < (long)sizeof text ? (size_t)n : sizeof text, sizeof text);
}

/* Reads a line from stdin. */
static void wait_for_line(void)
{
    char line[64];

    if (fgets(line, sizeof line, stdin) == NULL)
        exit(0);
}

/* What a client alone can do: the words that print what came of it. */
static int act_and_print(int fd, const char *name, const char *word)
{
    char answer[TEXT_SIZE];
    const char *rest;

    if (is(word, "recv", &rest) || is(word, "keep", &rest))
        receive(fd, answer, sizeof answer);
    else if (is(word, "end", &rest))
        receive_end(fd, answer, sizeof answer);
    else if (is(word, "echo:", &rest))
        echo(fd, 0, strtol(rest, NULL, 10), answer, sizeof answer);
    else if (is(word, "back:", &rest))
        echo(fd, strtol(rest, NULL, 10), strtol(rest, NULL, 10), answer, sizeof answer);
    else
        return 0;
    printf("%s: %s\n", name, answer);
    if (is(word, "recv", &rest))
        close(fd);
    return 1;
}

/* The same, for words that print nothing. */
static int act_in_silence(int fd, const char *word)
{
    const char *rest;

    if (is(word, "wait", &rest)) {
        wait_for_line();
    } else if (is(word, "get:", &rest)) {
        send_get(fd, rest);
    } else if (is(word, "drip:", &rest)) {
        send_text(fd, unescape(rest), strlen(unescape(rest)), 1);
    } else if (is(word, "trickle", &rest)) {
        while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
            poll(NULL, 0, 100);
    } else if (is(word, "fill:", &rest)) {
        fill(fd, strtol(rest, NULL, 10));
    } else if (is(word, "sent:", &rest)) {
        send_pattern(fd, 0, strtol(rest, NULL, 10), 1);
    } else {
        return 0;
    }
    return 1;
}

/* Words for clients besides those that have names. */
static int act_as_many(int port, const char *word)
{
    const char *rest;

    if (is(word, "crowd:", &rest))
        crowd(port, rest);
    else if (is(word, "slow:", &rest))
        slow(port, strtol(rest, NULL, 10));
    else if (is(word, "storm:", &rest))
        storm(port, strtol(rest, NULL, 10));
    else
        return 0;
    return 1;
}

static int client(int port, char **words)
{
    const char *names[NAMES_MAX] = {"me"};
    int fds[NAMES_MAX] = {-1};
    int n = 0, i = 0;
    const char *rest;

    for (; *words != NULL; words++) {
        fflush(stdout);
        if (act_as_many(port, *words))
            continue;
        if (is(*words, "@", &rest) || n == 0) {
            for (i = 0; i < n && strcmp(names[i], rest) != 0; i++)
                ;
            if (i == n) {
                if (n == NAMES_MAX)
                    die("too many names");
                names[n] = **words == '@' ? rest : "me";
                fds[n++] = connect_to(port);
            }
            if (**words == '@')
                continue;
        }
        if (!act(fds[i], *words) && !act_in_silence(fds[i], *words) &&
            !act_and_print(fds[i], names[i], *words)) {
            errno = EINVAL;
            die(*words);
        }
    }
    return 0;
}

_Noreturn static void api(char **words)
{
    int listener = listen_anywhere();

    for (;;) {
        char head[8192];
        size_t len = 0;
        ssize_t n;
        int fd = accept(listener, NULL, NULL);

        if (fd == -1)
            die("accept");
        do {
            n = recv(fd, head + len, sizeof head - 1 - len, 0);
            len += n > 0 ? (size_t)n : 0;
            head[len] = '\0';
        } while (n > 0 && strstr(head, "\r\n\r\n") == NULL);
        for (char **word = words; *word != NULL; word++) {
            if (strcmp(*word, "call") == 0 || strcmp(*word, "end") == 0) {
                while (**word == 'e' && recv(fd, head, sizeof head, 0) > 0)
                    ;
                puts(*word);
                fflush(stdout);
            } else if (strcmp(*word, "show") == 0) {
                printf("%s", head);
                fflush(stdout);
            } else if (strcmp(*word, "wait") == 0) {
                wait_for_line();
            } else if (!act(fd, *word) && strcmp(*word, "hold") != 0) {
                die(*word);
            }
        }
    }
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc > 2 && strcmp(argv[1], "client") == 0)
        return client(atoi(argv[2]), argv + 3);
    if (argc > 2 && strcmp(argv[1], "api") == 0)
        api(argv + 2);
    if (argc > 3 && strcmp(argv[1], "limit") == 0) {
        signal(SIGPIPE, SIG_DFL);
        alarm((unsigned)atoi(argv[2])); /* it outlives the exec */
        execvp(argv[3], argv + 3);
        die(argv[3]);
    }
    if (argc == 2 && strcmp(argv[1], "unused") == 0)
        return close(listen_anywhere());
    fprintf(stderr, "usage: peer client|api|limit|unused ...\n");
    return 2;
}
