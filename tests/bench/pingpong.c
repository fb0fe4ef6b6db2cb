/* pingpong.c - what a round trip costs some servers.
 *
 *     pingpong [-1] [-w] ACTIVE IDLE ROUNDS SECONDS -- NAME COMMAND... [-- NAME COMMAND...]...
 *     pingpong -s SLOW ACTIVE ROUNDS SECONDS -- NAME COMMAND... [-- NAME COMMAND...]...
 *     pingpong -m CONNECTIONS -- NAME COMMAND...
 *     pingpong -r GENERATORS ACTIVE SECONDS -- NAME COMMAND...
 *
 * Starts the servers, which say where they listen, and connects ACTIVE clients to each, and IDLE
 * ones that say nothing. A client sends 64 bytes, and others when it has them back; with -w it asks
 * for /hello. Every byte of an echo is compared; of a web answer the first line and the body. In a
 * round one server at a time is under load, for SECONDS: the first one, the second, the first, the
 * third, ..., the first. One line on stdout for each but the first, and each round:
 *
 *     NAME ratio X cpu_us X base_us X rate X
 *
 * ratio: the server's CPU time for a round trip, to the mean of the first server's right before and
 * right after. Where there are two cores, the servers share one and we have another; with -1 we are
 * on the same one, and let all clients ask before the server runs. Then nobody wakes anybody on
 * another core, which costs more than all else and is never twice the same: the ratio is larger,
 * and exact.
 *
 * With -s the clients ask for /hello as with -w; and each server but the first has SLOW clients
 * besides, each of which sends a byte every tenth of a second, of a head that never ends. (Of the
 * server's CPU time: so it does not matter what else the machine does.)
 *
 * With -m CONNECTIONS clients connect to the server, each with one round trip, and are held:
 *
 *     NAME bytes X     by which the server's resident memory has grown for each
 *
 * With -r the server may run on all cores but as many as there are GENERATORS, processes of ours:
 *
 *     NAME rate X      round trips per second
 *
 * Exit status 1 if an answer was wrong or missing. For Linux. */
#define _GNU_SOURCE /* for sched_setaffinity() and prctl() */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
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
    WORDS = 8, /* of 8 bytes: what a client sends */
    WARM_UP_MS = 30,
    PATIENCE_MS = 10000, /* with an answer, or a connection */
    SPARE_S = 60,
    SERVERS_MAX = 16,
    CLIENTS_MAX = 20000,
    GENERATORS_MAX = 16,
    CONNECT_AT_ONCE = 200,
    SLOW_US = 100000, /* from a byte of a slow client to its next */
    BATCH = 256,      /* events that are taken from the kernel at once */
    TEXT_SIZE = 1024
};

struct client {
    int fd;
    size_t len; /* so much of the answer has come */
    uint64_t seed;
    char text[TEXT_SIZE];
};

struct server {
    const char *name;
    char **command;
    pid_t pid;
    int epoll; /* watches its clients */
    struct client *clients;
    int n_clients, n_active;
    int *slow; /* the sockets of its slow clients */
    int n_slow;
    long n_dripped;    /* bytes that these have sent */
    double drip_began; /* the server's CPU time then */
    double cpu_us;     /* for a round trip, in its last turn */
    double rate;
};

static struct server servers[SERVERS_MAX];
static int n_servers;
static bool web, on_one_core;
static long trips;
static int n_flying; /* clients that have asked, and have no answer yet */
static bool again;   /* who has an answer asks again */

_Noreturn static void die(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "pingpong: ");
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

/* The CPU time of all threads of PID, in us. Its clock is finer than the ticks in /proc. */
static double cpu_us(pid_t pid)
{
    struct timespec cpu;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) == -1)
        die("cannot read the server's CPU clock");
    return (double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3;
}

/* The resident memory of PID, in KiB. */
static long resident(pid_t pid)
{
    char file[64], line[TEXT_SIZE];
    long value = -1;
    FILE *from;

    snprintf(file, sizeof file, "/proc/%d/status", (int)pid);
    from = fopen(file, "r");
    while (from != NULL && value == -1 && fgets(line, sizeof line, from) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            value = strtol(line + 6, NULL, 10);
    if (value == -1)
        die("cannot read VmRSS in %s", file);
    fclose(from);
    return value;
}

/* --- cores */

static int n_cores(void)
{
    static int n;
    cpu_set_t all;

    if (n == 0)
        n = sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : 1;
    return n;
}

/* Lets this process run on the cores from FIRST to before END alone, if there are so many. */
static void stay_on(int first, int end)
{
    cpu_set_t all, some;
    int n = 0;

    CPU_ZERO(&some);
    if (first < 0 || end > n_cores() || sched_getaffinity(0, sizeof all, &all) == -1)
        return;
    for (int core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, &all) && n++ >= first && n <= end)
            CPU_SET(core, &some);
    sched_setaffinity(0, sizeof some, &some);
}

/* --- servers */

/* Starts SERVER, on CORES of the cores, and waits until it listens. Returns its address. */
static struct sockaddr_in start_server(struct server *server, int cores)
{
    pid_t parent = getpid();
    char line[TEXT_SIZE];
    int ends[2];
    int port;
    FILE *from; /* stays open, or the server's next line would be its last */

    if (pipe(ends) == -1 || (server->pid = fork()) == -1)
        die("cannot start %s: %s", server->name, strerror(errno));
    if (server->pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
            _exit(1);
        stay_on(0, cores);
        if (on_one_core) /* it does not interrupt us when it has something to do */
            sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(server->command[0], server->command);
        die("cannot run %s: %s", server->command[0], strerror(errno));
    }
    close(ends[1]);
    from = fdopen(ends[0], "r");
    if (from == NULL || fgets(line, sizeof line, from) == NULL ||
        sscanf(line, "listening on http://127.0.0.1:%d", &port) != 1)
        die("%s does not say where it listens", server->name);
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void stop_servers(void)
{
    for (int i = 0; i < n_servers; i++) {
        kill(servers[i].pid, SIGKILL);
        waitpid(servers[i].pid, NULL, 0);
    }
}

/* --- clients */

static void fill(uint64_t words[WORDS], uint64_t seed)
{
    for (int i = 0; i < WORDS; i++)
        words[i] = (seed + (uint64_t)i) * 0x9E3779B97F4A7C15u;
}

static void ask(struct client *client)
{
    static const char request[] = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    uint64_t words[WORDS];
    const char *text = request;
    size_t len = sizeof request - 1;

    client->len = 0;
    if (!web) {
        fill(words, ++client->seed);
        text = (const char *)words;
        len = sizeof words;
    }
    if (send(client->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
        die("cannot send: %s", strerror(errno));
    n_flying++;
}

/* Whether the answer of CLIENT has come. One that is wrong ends the program. */
static bool is_answered(const struct client *client, const char *name)
{
    static const char head[] = "HTTP/1.1 200 ", tail[] = "\r\n\r\nhello";
    uint64_t words[WORDS];

    if (web) {
        if (client->len < sizeof head + sizeof tail ||
            memcmp(client->text + client->len - (sizeof tail - 1), tail, sizeof tail - 1) != 0)
            return false;
        if (memcmp(client->text, head, sizeof head - 1) != 0)
            die("%s: a wrong answer", name);
        return true;
    }
    if (client->len < sizeof words)
        return false;
    fill(words, client->seed);
    if (client->len > sizeof words || memcmp(client->text, words, sizeof words) != 0)
        die("%s: a wrong echo", name);
    return true;
}

/* CLIENT of SERVER can be read. */
static void hear(const struct server *server, struct client *client)
{
    ssize_t n = recv(client->fd, client->text + client->len, sizeof client->text - client->len, 0);

    if (n == -1 && errno == EAGAIN)
        return;
    if (n <= 0)
        die("%s: a client has been hung up on", server->name);
    client->len += (size_t)n;
    if (!is_answered(client, server->name))
        return;
    n_flying--;
    trips++;
    if (again)
        ask(client);
}

/* Waits until something happens to the clients of SERVER, MS at most. */
static void turn(const struct server *server, int ms)
{
    struct epoll_event events[BATCH];
    int n = epoll_wait(server->epoll, events, BATCH, ms);

    if (n == 0 && ms == PATIENCE_MS)
        die("%s: no answer", server->name);
    for (int i = 0; i < n; i++)
        hear(server, &server->clients[events[i].data.u32]);
}

/* Those slow clients of SERVER send whose time has come. */
static void drip(struct server *server)
{
    static const char head[] = "GET /hello HTTP/1.1\r\nX: ";
    double cpu = server->n_slow > 0 ? cpu_us(server->pid) - server->drip_began : 0;
    long due = (long)(cpu / SLOW_US * server->n_slow);

    for (; server->n_dripped < due; server->n_dripped++) {
        size_t at = (size_t)(server->n_dripped / server->n_slow);
        const char *byte = at < sizeof head - 1 ? head + at : "x";

        if (send(server->slow[server->n_dripped % server->n_slow], byte, 1, MSG_NOSIGNAL) != 1)
            die("%s: a slow client has been hung up on", server->name);
    }
}

/* Keeps SERVER under load until WHEN. */
static void load(struct server *server, long long when)
{
    while (now_us() < when) {
        drip(server);
        turn(server, PATIENCE_MS);
    }
}

/* Nobody asks any more; waits for the answers that are still to come. */
static void finish(const struct server *server)
{
    again = false;
    while (n_flying > 0)
        turn(server, PATIENCE_MS);
}

/* Returns a socket that is connected to SERVER at ADDRESS. */
static int connect_to(const struct server *server, const struct sockaddr_in *address)
{
    static const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd == -1 || connect(fd, (const struct sockaddr *)address, sizeof *address) == -1 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1)
        die("cannot connect to %s: %s", server->name, strerror(errno));
    return fd;
}

/* Connects N clients to SERVER at ADDRESS. Each has one round trip, so that all are accepted, and
 * have what they need. */
static void connect_clients(struct server *server, const struct sockaddr_in *address, int n)
{
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->clients = calloc((size_t)n, sizeof(struct client));
    if (server->epoll == -1 || server->clients == NULL)
        die("cannot make the clients: out of memory");
    again = false;
    for (int i = 0; i < n; i++) {
        struct client *client = &server->clients[i];
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)i};

        client->fd = connect_to(server, address);
        client->seed = (uint64_t)i << 32;
        if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, client->fd, &event) == -1)
            die("cannot watch client %d of %s: %s", i + 1, server->name, strerror(errno));
        ask(client);
        while (n_flying >= CONNECT_AT_ONCE)
            turn(server, PATIENCE_MS);
    }
    finish(server);
    server->n_clients = n;
}

/* Connects N slow clients. */
static void connect_slow(struct server *server, const struct sockaddr_in *address, int n)
{
    server->slow = calloc((size_t)n + 1, sizeof(int));
    if (server->slow == NULL)
        die("cannot make the slow clients: out of memory");
    while (server->n_slow < n)
        server->slow[server->n_slow++] = connect_to(server, address);
}

/* --- measuring */

/* Gives SERVER its turn. */
static void measure(struct server *server, double seconds)
{
    long long began;
    double cpu, s;

    again = true;
    server->drip_began = cpu_us(server->pid);
    if (server->n_slow > 0) /* they go on where they were */
        server->drip_began -= (double)server->n_dripped * SLOW_US / server->n_slow;
    for (int i = 0; i < server->n_active; i++) /* spread over all */
        ask(&server->clients[(long)i * server->n_clients / server->n_active]);
    load(server, now_us() + WARM_UP_MS * 1000);
    trips = 0;
    began = now_us();
    cpu = cpu_us(server->pid);
    load(server, began + (long long)(seconds * 1e6));
    if (trips == 0)
        die("%s: no round trip in %.2f s", server->name, seconds);
    server->cpu_us = (cpu_us(server->pid) - cpu) / (double)trips;
    s = (double)(now_us() - began) / 1e6;
    server->rate = (double)trips / s;
    finish(server);
}

static void run(int active, int idle, int slow, int rounds, double seconds)
{
    for (int i = 0; i < n_servers; i++) {
        struct sockaddr_in address = start_server(&servers[i], n_cores() > 1 ? 1 : n_cores());

        connect_clients(&servers[i], &address, active + idle);
        servers[i].n_active = active;
        connect_slow(&servers[i], &address, i == 0 ? 0 : slow);
    }
    if (n_cores() > 1)
        stay_on(!on_one_core, !on_one_core + 1);
    for (int round = 0; round < rounds; round++) {
        measure(&servers[0], seconds);
        for (int i = 1; i < n_servers; i++) {
            double before = servers[0].cpu_us, base;

            measure(&servers[i], seconds);
            measure(&servers[0], seconds);
            base = (before + servers[0].cpu_us) / 2;
            printf("%s ratio %.4f cpu_us %.3f base_us %.3f rate %.0f\n", servers[i].name,
                   servers[i].cpu_us / base, servers[i].cpu_us, base, servers[i].rate);
        }
    }
}

static void run_memory(int n)
{
    struct sockaddr_in address = start_server(&servers[0], n_cores());
    struct server first = servers[0];
    long before;

    connect_clients(&first, &address, 10);
    before = resident(servers[0].pid);
    connect_clients(&servers[0], &address, n);
    /* None of them has been hung up on meanwhile. */
    turn(&first, 100);
    turn(&servers[0], 100);
    printf("%s bytes %.1f\n", servers[0].name,
           (double)(resident(servers[0].pid) - before) * 1024 / n);
}

/* One of the processes that load the server, until it is killed. Writes its number of round trips
 * into OUT. */
_Noreturn static void generate(const struct sockaddr_in *address, int active, double seconds,
                               int out)
{
    struct server *server = &servers[0];

    connect_clients(server, address, active);
    again = true;
    for (int i = 0; i < active; i++)
        ask(&server->clients[i]);
    load(server, now_us() + 10 * WARM_UP_MS * 1000); /* the others connect */
    trips = 0;
    load(server, now_us() + (long long)(seconds * 1e6));
    if (write(out, &trips, sizeof trips) != sizeof trips)
        _exit(1);
    for (;;) /* the others are being measured */
        turn(server, PATIENCE_MS);
}

static void run_rate(int generators, int active, double seconds)
{
    int cores = n_cores() > 2 * generators ? n_cores() - generators : n_cores();
    struct sockaddr_in address = start_server(&servers[0], cores);
    pid_t pids[GENERATORS_MAX];
    long all = 0, n;
    int ends[2];

    if (pipe(ends) == -1)
        die("cannot make a pipe: %s", strerror(errno));
    for (int i = 0; i < generators; i++) {
        pid_t parent = getpid();

        pids[i] = fork();
        if (pids[i] == -1)
            die("cannot fork: %s", strerror(errno));
        if (pids[i] == 0) {
            if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
                _exit(1);
            if (cores < n_cores())
                stay_on(cores + i, cores + i + 1);
            generate(&address, active / generators, seconds, ends[1]);
        }
    }
    close(ends[1]);
    for (int i = 0; i < generators; i++) {
        if (read(ends[0], &n, sizeof n) != sizeof n)
            die("%s: a generator has failed", servers[0].name);
        all += n;
    }
    for (int i = 0; i < generators; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    printf("%s rate %.0f\n", servers[0].name, (double)all / seconds);
}

/* We and the servers, which inherit it, may open as many files as there can be. */
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

/* Takes the servers from ARGV, which is changed for that. */
static void parse_servers(char **argv)
{
    while (*argv != NULL) {
        if (argv[1] == NULL || argv[2] == NULL || n_servers == SERVERS_MAX)
            die("usage: see pingpong.c");
        *argv = NULL;
        servers[n_servers].name = argv[1];
        servers[n_servers++].command = argv + 2;
        while (*argv == NULL || strcmp(*argv, "--") != 0)
            if (*++argv == NULL)
                return;
    }
}

int main(int argc, char **argv)
{
    char mode = 0;
    double n[4] = {0};
    int at = 1, n_numbers = 0, wanted;

    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '-'; at++) {
        web = web || argv[at][1] == 'w' || argv[at][1] == 's';
        on_one_core = on_one_core || argv[at][1] == '1';
        mode = strchr("mrs", argv[at][1]) != NULL ? argv[at][1] : mode;
    }
    for (; at < argc && strcmp(argv[at], "--") != 0 && n_numbers < 4; at++)
        n[n_numbers++] = atof(argv[at]);
    wanted = mode == 'm' ? 1 : mode == 'r' ? 3 : 4;
    if (n_numbers != wanted || n[0] < 1 || n[0] > (mode == 'r' ? GENERATORS_MAX : CLIENTS_MAX) ||
        at >= argc || strcmp(argv[at], "--") != 0)
        die("usage: see pingpong.c");
    parse_servers(argv + at);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setvbuf(stdout, NULL, _IOLBF, 0);
    alarm(SPARE_S + (unsigned)(mode == 'm'   ? 0
                               : mode == 'r' ? n[2]
                                             : n[2] * n[3] * 2 * n_servers * 2));
    if (mode == 'm') {
        raise_limit((int)n[0] + 64);
        run_memory((int)n[0]);
    } else if (mode == 'r') {
        raise_limit((int)n[1] + 64);
        run_rate((int)n[0], (int)n[1], n[2]);
    } else {
        raise_limit((int)(n[0] + n[1]) * n_servers + 64);
        if (mode == 's')
            run((int)n[1], 0, (int)n[0], (int)n[2], n[3]);
        else
            run((int)n[0], (int)n[1], 0, (int)n[2], n[3]);
    }
    stop_servers();
    return 0;
}
