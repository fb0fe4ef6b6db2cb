/* load.c - keeps requests waiting in a server, and measures what they cost it.
 *
 *     load [-a] WAITING SECONDS COMMAND...
 *     load -n WAITING COMMAND...
 *
 * Starts an API that takes 100 ms for each answer, and the server: COMMAND, and behind it
 * "--port 0 --api HOST:PORT". Then WAITING clients ask for /one, each of them again as soon as it
 * has its answer, so that there are always as many. One line on stdout tells what was measured in
 * SECONDS:
 *
 *     answered N   requests, with those from before and after
 *     wrong N      requests with another answer, or none; then the exit status is 1
 *     rate X       requests per second
 *     cpu_us X     the server's CPU time for a request, user and system
 *     kib X        the server's memory for a waiting request: by how much its peak has grown
 *     switches X   the server's context switches for a request, voluntary or not
 *
 * With -a the requests without an answer at the end are abandoned, and not wrong: for a server that
 * lets them queue for longer than we look on.
 *
 * With -n the server is asked for naps of NAP_MS: WAITING clients connect, and when the last one is
 * connected all of them ask for /nap, once. The line tells
 *
 *     answered N   requests, and one before
 *     wrong N      as above
 *     first_ms X   from the last request sent to the first answer; not above 0: they did not all
 *                  wait at once
 *     last_ms X    from the last request sent to the last answer
 *     cpu_us X     the server's CPU time for a request, its connection and its answer
 *     kib X        as above
 *
 * For Linux: what a process costs is read from /proc, and epoll keeps our own costs low. */
#define _GNU_SOURCE /* POSIX has neither accept4() nor wait4() nor prctl() */

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    API_MS = 100,       /* what the API takes for an answer */
    SETTLE_MS = 500,    /* from the first request until we measure, for the crowd to spread */
    WARM_UPS = 3,       /* requests before anything is measured */
    PATIENCE_MS = 5000, /* with the last answers */
    SPARE_MS = 20000,   /* for all else, until the whole run is given up */
    NAP_MS = 1000,      /* what a nap takes at least */
    WRONG_MAX = 100,    /* after so many there is nothing left to measure */
    HELD_MAX = 65536,   /* calls that the API can hold */
    CLIENTS_MAX = 20000,
    BATCH = 256, /* events that are taken from the kernel at once */
    TEXT_SIZE = 1024
};

_Noreturn static void die(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "load: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static long long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What epoll_wait() takes: the time until WHEN in ms, rounded up. */
static int ms_until(long long when)
{
    long long left = when - now_us();

    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* The address of PORT, 0 for any free one. */
static struct sockaddr_in local(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(int epoll, int fd, unsigned events, unsigned tag)
{
    struct epoll_event event = {.events = events, .data.u32 = tag};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
        die("cannot watch a socket: %s", strerror(errno));
}

static int open_epoll(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (epoll == -1)
        die("cannot make an epoll: %s", strerror(errno));
    return epoll;
}

/* The API, in a process of its own. All calls take the same time, so they are answered in the order
 * in which they came, and a ring is all that it takes to hold them. */
static struct {
    int fd;
    long long due;
} held[HELD_MAX];
static unsigned first_held, after_held; /* count for ever; their place is the remainder */

/* Reads the call of FD. Returns false if it has not come yet. A call is a short text, written at
 * once, so there are no halves; one that came would be hung up on, and count as a wrong answer. */
static bool read_call(int fd)
{
    char text[TEXT_SIZE];
    ssize_t n = recv(fd, text, sizeof text, 0);

    if (n == -1 && errno == EAGAIN)
        return false;
    if (n < 13 || memcmp(text, "GET /foo HTTP", 13) != 0 ||
        memcmp(text + n - 4, "\r\n\r\n", 4) != 0 || after_held - first_held == HELD_MAX) {
        close(fd);
        return true;
    }
    held[after_held % HELD_MAX].fd = fd;
    held[after_held++ % HELD_MAX].due = now_us() + API_MS * 1000;
    return true;
}

static void accept_calls(int epoll, int listener)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) != -1)
        if (!read_call(fd))
            watch(epoll, fd, EPOLLIN | EPOLLONESHOT, (unsigned)fd);
}

static void answer_calls(void)
{
    static const char text[] = "HTTP/1.1 200 OK\r\n"
                               "Content-Length: 3\r\n"
                               "Connection: close\r\n"
                               "\r\n"
                               "bar";
    long long now = now_us();

    while (first_held != after_held && held[first_held % HELD_MAX].due <= now) {
        int fd = held[first_held++ % HELD_MAX].fd;

        /* We close first, so the port that lingers is ours, and not one that the server needs. */
        send(fd, text, sizeof text - 1, MSG_NOSIGNAL);
        close(fd);
    }
}

_Noreturn static void run_api(int listener)
{
    int epoll = open_epoll();
    struct epoll_event events[BATCH];

    watch(epoll, listener, EPOLLIN, (unsigned)listener);
    for (;;) {
        bool idle = first_held == after_held;
        int n =
            epoll_wait(epoll, events, BATCH, idle ? -1 : ms_until(held[first_held % HELD_MAX].due));

        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == (unsigned)listener)
                accept_calls(epoll, listener);
            else
                read_call((int)events[i].data.u32);
        }
        answer_calls();
    }
}

/* Forks. The child dies with us, however we end. Returns what fork() does. */
static pid_t fork_child(void)
{
    pid_t parent = getpid();
    pid_t child = fork();

    if (child == -1)
        die("cannot fork: %s", strerror(errno));
    if (child == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent))
        _exit(1);
    return child;
}

/* Starts the API. Returns its port. */
static int start_api(pid_t *child)
{
    struct sockaddr_in address = local(0);
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (listener == -1 || bind(listener, (struct sockaddr *)&address, len) == -1 ||
        listen(listener, SOMAXCONN) == -1 ||
        getsockname(listener, (struct sockaddr *)&address, &len) == -1)
        die("cannot listen: %s", strerror(errno));
    *child = fork_child();
    if (*child == 0)
        run_api(listener);
    close(listener);
    return ntohs(address.sin_port);
}

/* Becomes the server, whose stdout is OUT. */
_Noreturn static void run_server(char **command, int n, int out, int api_port)
{
    char **argv = calloc((size_t)n + 5, sizeof *argv);
    char api[32];

    snprintf(api, sizeof api, "127.0.0.1:%d", api_port);
    if (argv != NULL && dup2(out, STDOUT_FILENO) != -1) {
        memcpy(argv, command, (size_t)n * sizeof *argv);
        argv[n++] = "--port";
        argv[n++] = "0";
        argv[n++] = "--api";
        argv[n] = api;
        execvp(argv[0], argv);
    }
    die("cannot run %s: %s", command[0], strerror(errno));
}

/* Starts the server and waits until it listens. Returns its port. */
static int start_server(pid_t *child, char **command, int n, int api_port)
{
    char line[TEXT_SIZE];
    int ends[2];
    int port;
    static FILE *from; /* stays open, or the server's next line would be its last */

    if (pipe(ends) == -1)
        die("cannot make a pipe: %s", strerror(errno));
    *child = fork_child();
    if (*child == 0) {
        close(ends[0]);
        run_server(command, n, ends[1], api_port);
    }
    close(ends[1]);
    from = fdopen(ends[0], "r");
    if (from == NULL || fgets(line, sizeof line, from) == NULL ||
        sscanf(line, "listening on http://127.0.0.1:%d", &port) != 1)
        die("%s does not say where it listens", command[0]);
    return port;
}

/* The number behind NAME in /proc/PID/status. */
static long status(pid_t pid, const char *name)
{
    char file[64], line[TEXT_SIZE];
    size_t len = strlen(name);
    long value = -1;
    FILE *from;

    snprintf(file, sizeof file, "/proc/%d/status", (int)pid);
    from = fopen(file, "r");
    while (from != NULL && value == -1 && fgets(line, sizeof line, from) != NULL)
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            value = strtol(line + len + 1, NULL, 10);
    if (value == -1)
        die("cannot read %s in %s", name, file);
    fclose(from);
    return value;
}

/* The CPU time of all threads of PID, in us. Its clock is finer than the ticks in /proc. */
static double cpu_us(pid_t pid)
{
    struct timespec cpu;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) == -1)
        die("cannot read the server's CPU clock");
    return (double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3;
}

/* A client, which has one request after the other. */
struct client {
    int fd; /* 0 or -1: it has none */
    bool connected, asked;
    size_t len;
    char text[TEXT_SIZE];
};

static struct client clients[CLIENTS_MAX];
static struct sockaddr_in server;
static int poller;
static bool again;                               /* who has been answered asks again */
static bool hold;                                /* who is connected does not ask yet */
static const char *path = "/one", *body = "bar"; /* what is asked for, and the right answer */
static int n_open, n_connected;
static long answered, wrong;

/* Connects, and asks as soon as that is done. */
static void start_request(struct client *client)
{
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd == -1)
        die("cannot make a socket: %s", strerror(errno));
    client->connected = client->asked = false;
    client->len = 0;
    n_open++;
    /* A failure is seen as any other: by reading. */
    connect(client->fd, (struct sockaddr *)&server, sizeof server);
    watch(poller, client->fd, EPOLLIN | EPOLLOUT | EPOLLET, (unsigned)(client - clients));
}

static void end_request(struct client *client)
{
    close(client->fd);
    client->fd = -1;
    n_open--;
}

/* Whether what CLIENT has read to the end is the right answer. */
static bool is_right(const struct client *client)
{
    static const char head[] = "HTTP/1.1 200 ";
    char tail[TEXT_SIZE];
    size_t head_len = sizeof head - 1;
    size_t tail_len = (size_t)snprintf(tail, sizeof tail, "\r\n\r\n%s", body);

    return client->len > head_len + tail_len && memcmp(client->text, head, head_len) == 0 &&
           memcmp(client->text + client->len - tail_len, tail, tail_len) == 0;
}

static void read_answer(struct client *client)
{
    ssize_t n;

    do {
        n = recv(client->fd, client->text + client->len, sizeof client->text - client->len, 0);
        client->len += n > 0 ? (size_t)n : 0;
    } while (n > 0 && client->len < sizeof client->text);
    if (n == -1 && errno == EAGAIN)
        return;
    if (n == 0 && is_right(client))
        answered++;
    else
        wrong++;
    end_request(client);
    if (again)
        start_request(client);
}

static void ask(struct client *client)
{
    char text[TEXT_SIZE];
    int len = snprintf(text, sizeof text,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);

    client->asked = true;
    send(client->fd, text, (size_t)len, MSG_NOSIGNAL);
}

static void advance(struct client *client, unsigned events)
{
    if (!client->connected && (events & EPOLLOUT) != 0) {
        client->connected = true;
        n_connected++;
    }
    if (client->connected && !client->asked && !hold)
        ask(client);
    if ((events & ~(unsigned)EPOLLOUT) != 0)
        read_answer(client);
}

/* Waits until WHEN or until something happens, and lets those go on whom it concerns. */
static void turn(long long when)
{
    struct epoll_event events[BATCH];
    int n = epoll_wait(poller, events, BATCH, ms_until(when));

    for (int i = 0; i < n; i++)
        advance(&clients[events[i].data.u32], events[i].events);
}

/* Keeps WAITING requests open until WHEN. They start one by one in the time of a call to the API: a
 * crowd that comes at once would stay together for ever, and one poll() would do for all of it. */
static void keep_open(int waiting, long long when)
{
    static int started;
    static long long began;

    if (began == 0)
        began = now_us();
    while (now_us() < when && wrong < WRONG_MAX) {
        long long due = (now_us() - began) * waiting / (API_MS * 1000) + 1;

        while (started < waiting && started < due)
            start_request(&clients[started++]);
        turn(started < waiting && now_us() + 1000 < when ? now_us() + 1000 : when);
    }
}

/* Nobody asks any more; waits for the answers that are still to come. */
static void finish(bool abandon)
{
    long long when = now_us() + PATIENCE_MS * 1000LL;

    again = false;
    while (!abandon && n_open > 0 && now_us() < when)
        turn(when);
    if (!abandon)
        wrong += n_open;
    for (int i = 0; n_open > 0; i++)
        if (clients[i].fd > 0)
            end_request(&clients[i]);
}

/* Some requests, one by one, so that what the server needs once and for all is there before it is
 * measured. */
static void warm_up(void)
{
    for (int i = 0; i < WARM_UPS; i++) {
        start_request(&clients[0]);
        finish(false);
    }
    again = true;
}

/* What the server is and has been at one time. */
struct measure {
    long long us;
    double cpu;
    long answered, peak;
};

static struct measure measure(pid_t pid)
{
    return (struct measure){
        .us = now_us(), .cpu = cpu_us(pid), .answered = answered, .peak = status(pid, "VmHWM")};
}

/* Ends the server, with SIGTERM. Returns its context switches. */
static long stop_server(pid_t pid)
{
    struct rusage usage;
    int how;

    kill(pid, SIGTERM);
    while (wait4(pid, &how, 0, &usage) == -1)
        if (errno != EINTR)
            die("cannot wait for the server: %s", strerror(errno));
    if (how != 0) {
        fprintf(stderr, "load: the server ended with %s %d\n",
                WIFSIGNALED(how) ? "signal" : "status",
                WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
        wrong++;
    }
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

static long switches(pid_t pid)
{
    return status(pid, "voluntary_ctxt_switches") + status(pid, "nonvoluntary_ctxt_switches");
}

static void run(pid_t pid, int waiting, double seconds, bool abandon)
{
    struct measure idle, from, to;
    long began = switches(pid), n_switches;
    double grown;

    warm_up();
    idle = measure(pid);
    keep_open(waiting, now_us() + SETTLE_MS * 1000LL);
    from = measure(pid);
    keep_open(waiting, from.us + (long long)(seconds * 1e6));
    to = measure(pid);
    finish(abandon);
    n_switches = stop_server(pid) - began;
    if (to.answered == from.answered)
        die("nothing was answered, and %ld were wrong", wrong);
    /* The kernel counts a peak that is over only roughly: it may seem to have shrunk by a page. */
    grown = to.peak > idle.peak ? (double)(to.peak - idle.peak) : 0;
    /* Between FROM and TO as many were begun and not ended as were ended and begun before. */
    printf("answered %ld wrong %ld rate %.1f cpu_us %.2f kib %.3f switches %.3f\n", answered, wrong,
           (double)(to.answered - from.answered) * 1e6 / (double)(to.us - from.us),
           (to.cpu - from.cpu) / (double)(to.answered - from.answered), grown / waiting,
           (double)n_switches / (double)answered);
}

/* Connects WAITING clients, a batch after the other, so that those that the server has yet to
 * accept are never more than a listener's queue holds. */
static void connect_all(int waiting)
{
    long long when = now_us() + PATIENCE_MS * 1000LL;

    hold = true;
    n_connected = 0;
    for (int started = 0; started < waiting || n_connected < waiting;) {
        while (started < waiting && started < n_connected + BATCH)
            start_request(&clients[started++]);
        turn(when);
        if (wrong > 0 || now_us() >= when)
            die("cannot connect: %d of %d are connected", n_connected, waiting);
    }
    hold = false;
}

static void run_naps(pid_t pid, int waiting)
{
    struct measure idle, end;
    long long asked, first = 0, when;

    path = "/hello";
    body = "hello";
    start_request(&clients[0]);
    finish(false);
    path = "/nap";
    body = "rested";
    idle = measure(pid);
    connect_all(waiting);
    for (int i = 0; i < waiting; i++)
        ask(&clients[i]);
    asked = now_us();
    when = asked + (NAP_MS + PATIENCE_MS) * 1000LL;
    while (n_open > 0 && now_us() < when) {
        turn(when);
        if (n_open < waiting && first == 0)
            first = now_us();
    }
    end = measure(pid);
    finish(false);
    stop_server(pid);
    printf("answered %ld wrong %ld first_ms %.1f last_ms %.1f cpu_us %.2f kib %.3f\n", answered,
           wrong, (double)(first - asked) / 1e3, (double)(end.us - asked) / 1e3,
           (end.cpu - idle.cpu) / waiting, (double)(end.peak - idle.peak) / waiting);
}

/* We and the server, which inherits it, may open as many files as there can be. */
static void raise_limit(int files)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
        die("cannot get the limit of open files: %s", strerror(errno));
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
        die("cannot raise the limit of open files: %s", strerror(errno));
    if (limit.rlim_cur < (rlim_t)files)
        die("%d open files are needed, and %ld allowed", files, (long)limit.rlim_cur);
}

static void on_alarm(int number)
{
    static const char text[] = "load: gave up, it took too long\n";

    (void)number;
    if (write(STDERR_FILENO, text, sizeof text - 1) == -1)
        _exit(2);
    _exit(1);
}

int main(int argc, char **argv)
{
    bool abandon = argc > 1 && strcmp(argv[1], "-a") == 0;
    bool naps = argc > 1 && strcmp(argv[1], "-n") == 0;
    int skip = 1 + (abandon || naps), command = skip + (naps ? 1 : 2);
    int waiting = argc <= command ? 0 : atoi(argv[skip]);
    double seconds = waiting == 0 || naps ? NAP_MS / 1e3 : atof(argv[skip + 1]);
    pid_t api, child;
    int port;

    if (waiting < 1 || waiting > CLIENTS_MAX || !(seconds > 0 && seconds < 3600)) {
        fprintf(stderr, "usage: load [-a] WAITING SECONDS COMMAND...\n"
                        "       load -n WAITING COMMAND...\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* A request is a descriptor of ours. It is one of the server, and another to ask the API; or a
     * third of those that it has are kept for that. */
    raise_limit(naps ? waiting + waiting / 2 + 64 : 2 * waiting + 64);
    signal(SIGALRM, on_alarm);
    alarm((unsigned)seconds + (SETTLE_MS + PATIENCE_MS + SPARE_MS) / 1000);
    poller = open_epoll();
    port = start_api(&api);
    server = local(start_server(&child, argv + command, argc - command, port));
    if (naps)
        run_naps(child, waiting);
    else
        run(child, waiting, seconds, abandon);
    kill(api, SIGKILL);
    waitpid(api, NULL, 0);
    return wrong == 0 ? 0 : 1;
}
