/* fail.c - a library to be preloaded: it counts the calls that a program makes into libc, and lets
 * one of them fail.
 *
 *   cc -shared -fPIC -fno-omit-frame-pointer tests/torture/fail.c -o fail.so -ldl
 *   TORTURE=read:17:ECONNRESET LD_PRELOAD=./fail.so ./step5 two
 *
 *   TORTURE=CALL:N:ERROR   the Nth CALL fails with ERROR: a name of errno's; SHORT, a read or write
 *                          of one byte; or SO_ERROR, a getsockopt that tells of a reset
 *   TORTURE_LOG=FILE       what happened, a line each, added to FILE:
 *       FAULT 1|0 STACK           the call; 0: left alone, for it cannot fail like that
 *       CALL NAME TIMES FIRST LAST STACK   at the end, a line for each place: the numbers of its
 *                                 first and its last call
 *       LEAK BYTES STACK          memory that was not given back
 *       OPEN FD WHAT STACK        a descriptor that was not closed
 *       CHILD                     a child that was not waited for
 *   TORTURE_SILENCE=S      no alarm() of a child is later than S seconds
 *
 * Only calls count that the program's own code makes, in its own process: not libc's, not those of
 * forked children. A place is a STACK of return addresses, so the program wants
 * -fno-omit-frame-pointer -fno-optimize-sibling-calls, and -no-pie for addresses that mean
 * something to addr2line. */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr: nothing in POSIX can do this */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    DEPTH = 7,            /* of a stack, at most */
    PLACES_MAX = 8192,    /* a power of two, as is the next */
    BLOCKS_MAX = 1 << 22, /* of memory, at one time */
    FDS_MAX = 1024,
    SHORT = -1,
    SO_ERROR_SET = -2, /* errors that are none of errno's */
};

/* clang-format has no settled opinion of such a list. */
/* clang-format off */
#define CALLS(X)                                                                                   \
    X(malloc)                                                                                      \
    X(calloc)                                                                                      \
    X(realloc) X(strdup) X(socket) X(bind) X(listen) X(accept) X(connect) X(getsockopt)            \
        X(setsockopt) X(fcntl) X(poll) X(epoll_create1) X(epoll_ctl) X(epoll_wait) X(read) X(recv) \
            X(write) X(send) X(close) X(pipe) X(fork) X(pthread_create) X(nanosleep)               \
                X(clock_gettime) X(sigaction) X(signal) X(waitpid)
/* clang-format on */

#define ENUM(name) CALL_##name,
#define NAME(name) #name,
#define REAL(name) static __typeof__(name) *real_##name;
enum call { CALLS(ENUM) N_CALLS };
static const char *const call_names[] = {CALLS(NAME)};
CALLS(REAL)
static __typeof__(free) *real_free;
static __typeof__(alarm) *real_alarm;

static const struct {
    const char *name;
    int number;
} errors[] = {
    {"SHORT", SHORT},
    {"SO_ERROR", SO_ERROR_SET},
    {"ENOMEM", ENOMEM},
    {"EINTR", EINTR},
    {"EAGAIN", EAGAIN},
    {"ECONNRESET", ECONNRESET},
    {"EPIPE", EPIPE},
    {"EIO", EIO},
    {"ECONNABORTED", ECONNABORTED},
    {"EPROTO", EPROTO},
    {"EMFILE", EMFILE},
    {"ENFILE", ENFILE},
    {"ENOBUFS", ENOBUFS},
    {"ENOSPC", ENOSPC},
    {"ECONNREFUSED", ECONNREFUSED},
    {"ENETUNREACH", ENETUNREACH},
    {"EADDRINUSE", EADDRINUSE},
    {"EBADF", EBADF},
    {"EINVAL", EINVAL},
    {"ETIMEDOUT", ETIMEDOUT},
};

/* Where calls come from. */
struct place {
    enum call call;
    int depth;
    uintptr_t stack[DEPTH]; /* return addresses, the innermost first */
    long times, first, last;
};

static struct place places[PLACES_MAX]; /* a hash table; depth 0: free */
static long counts[N_CALLS];
static struct block {
    void *address;
    size_t size;
    int place;
} blocks[BLOCKS_MAX]; /* a hash table; address NULL: free */
static long n_blocks;
static int fd_places[FDS_MAX]; /* where each descriptor was opened: the place + 1 */
static bool open_before[FDS_MAX];

static uintptr_t text_from, text_to; /* the program's code */
static uintptr_t data_from, data_to; /* its variables */
static enum call doomed = N_CALLS;
static long doomed_number;
static int doomed_error;
static int log_fd = -1;
static bool on;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static __thread bool inside; /* this thread is in here: a signal's handler is not counted then */

/* What dlsym() takes before there is a malloc(). It is never given back. */
static char early[4096];
static size_t early_used;

static void *early_alloc(size_t size)
{
    void *p = early + early_used;

    early_used += (size + 15) & ~(size_t)15;
    if (early_used > sizeof early)
        _exit(99);
    return p;
}

static bool is_early(const void *p)
{
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    char line[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (log_fd != -1 && real_write(log_fd, line, (size_t)len) == -1)
        _exit(99);
}

static const char *stack_text(const struct place *place)
{
    static __thread char text[DEPTH * 20];
    int len = 0;

    for (int i = 0; i < place->depth; i++)
        len += sprintf(text + len, "%s%lx", i > 0 ? "," : "", (unsigned long)place->stack[i]);
    return text;
}

static bool in_text(uintptr_t address)
{
    return address >= text_from && address < text_to;
}

/* Finds or makes the place of CALL that FRAME, a wrapper's, returns to. Returns -1 if that is not
 * in the program's code. */
static int find_place(enum call call, uintptr_t *frame)
{
    struct place place = {.call = call};
    unsigned hash = (unsigned)call;

    while (place.depth < DEPTH && in_text(frame[1])) {
        uintptr_t *next = (uintptr_t *)frame[0];

        place.stack[place.depth++] = frame[1];
        hash = (hash ^ (unsigned)frame[1]) * 2654435761u;
        if (next <= frame || (char *)next > (char *)frame + (1 << 20) || (uintptr_t)next % 8 != 0)
            break;
        frame = next;
    }
    if (place.depth == 0)
        return -1;
    hash ^= hash >> 16;
    for (unsigned i = hash % PLACES_MAX, n = 0; n < PLACES_MAX; i = (i + 1) % PLACES_MAX, n++) {
        if (places[i].depth == 0)
            places[i] = place;
        if (places[i].call == call && places[i].depth == place.depth &&
            memcmp(places[i].stack, place.stack, sizeof place.stack) == 0)
            return (int)i;
    }
    _exit(99);
}

static void take_lock(void)
{
    inside = true;
    while (atomic_flag_test_and_set(&lock))
        ;
}

static void give_lock(void)
{
    atomic_flag_clear(&lock);
    inside = false;
}

/* Whether FD is the end to write into of a pipe whose other end is open here, too. */
static bool is_own_pipe(int fd)
{
    struct stat one, other;

    if (fd == -1 || fstat(fd, &one) == -1 || !S_ISFIFO(one.st_mode))
        return false;
    for (int i = 0; i < FDS_MAX; i++)
        if (i != fd && fstat(i, &other) == 0 && other.st_ino == one.st_ino &&
            other.st_dev == one.st_dev && (real_fcntl(i, F_GETFL) & O_ACCMODE) == O_RDONLY)
            return true;
    return false;
}

/* Whether no signal can interrupt this thread. */
static bool is_undisturbed(void)
{
    sigset_t blocked;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    return sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM) &&
           sigismember(&blocked, SIGCHLD);
}

/* Whether a call on FD, or -1, can fail with ERROR. */
static bool can_fail(enum call call, int error, int fd)
{
    struct stat status;
    bool transfers =
        call == CALL_read || call == CALL_write || call == CALL_send || call == CALL_recv;
    bool is_socket = fd != -1 && fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);

    if (fd != -1 && error == EAGAIN)
        return (real_fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
    if (error == EINTR)
        return !is_undisturbed();
    if (error == EPIPE)
        return !is_own_pipe(fd);
    /* A pipe keeps small messages whole. */
    if (transfers && (error == SHORT || error == ECONNRESET))
        return is_socket;
    return true;
}

/* Counts CALL. Returns the error with which it shall fail, or 0; and its PLACE, or -1. */
static int fault(enum call call, int fd, void *frame, int *place)
{
    int saved = errno, error = 0;

    *place = -1;
    if (!on || inside || !in_text(((uintptr_t *)frame)[1]))
        return 0;
    take_lock();
    *place = find_place(call, frame);
    if (*place != -1) {
        struct place *p = &places[*place];

        p->last = ++counts[call];
        if (p->times++ == 0)
            p->first = p->last;
        if (call == doomed && p->last == doomed_number) {
            bool can = can_fail(call, doomed_error, fd);

            note("FAULT %d %s\n", can, stack_text(p));
            error = can ? doomed_error : 0;
        }
    }
    give_lock();
    errno = saved;
    return error;
}

#define FAULT(call, fd)                                                                            \
    int place, error = fault(CALL_##call, fd, __builtin_frame_address(0), &place);                 \
    (void)place
#define FAIL_IF(condition)                                                                         \
    if (condition) {                                                                               \
        errno = error;                                                                             \
        return -1;                                                                                 \
    }

/* --- memory */

static size_t home(const void *address)
{
    return (size_t)((uintptr_t)address / 16 * 0x9E3779B97F4A7C15u >> 42) % BLOCKS_MAX;
}

static void remember(void *address, size_t size, int place)
{
    size_t i = home(address);

    if (address == NULL || place == -1 || !on)
        return;
    take_lock();
    if (++n_blocks > BLOCKS_MAX / 4 * 3)
        _exit(99);
    while (blocks[i].address != NULL)
        i = (i + 1) % BLOCKS_MAX;
    blocks[i] = (struct block){.address = address, .size = size, .place = place};
    give_lock();
}

static void forget(const void *address)
{
    size_t i = home(address), gap;

    if (address == NULL || !on || inside)
        return;
    take_lock();
    while (blocks[i].address != NULL && blocks[i].address != address)
        i = (i + 1) % BLOCKS_MAX;
    if (blocks[i].address != NULL) {
        n_blocks--;
        for (gap = i; blocks[i = (i + 1) % BLOCKS_MAX].address != NULL;) {
            if ((i - home(blocks[i].address)) % BLOCKS_MAX >= (i - gap) % BLOCKS_MAX) {
                blocks[gap] = blocks[i];
                gap = i;
            }
        }
        blocks[gap].address = NULL;
    }
    give_lock();
}

void *malloc(size_t size)
{
    void *p;

    if (real_malloc == NULL)
        return early_alloc(size);
    FAULT(malloc, -1);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    p = real_malloc(size);
    remember(p, size, place);
    return p;
}

void *calloc(size_t n, size_t size)
{
    void *p;

    if (real_calloc == NULL)
        return early_alloc(n * size);
    FAULT(calloc, -1);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    p = real_calloc(n, size);
    remember(p, n * size, place);
    return p;
}

void *realloc(void *old, size_t size)
{
    void *p;

    FAULT(realloc, -1);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    forget(old); /* before, as its address may be another's the moment that it is free */
    p = real_realloc(old, size);
    remember(p != NULL ? p : old, size, place);
    return p;
}

char *strdup(const char *text)
{
    char *p;

    FAULT(strdup, -1);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    p = real_strdup(text);
    remember(p, strlen(text) + 1, place);
    return p;
}

void free(void *p)
{
    if (p == NULL || is_early(p))
        return;
    forget(p);
    real_free(p);
}

/* --- descriptors */

static int opened(int fd, int place)
{
    if (fd >= 0 && fd < FDS_MAX && on)
        fd_places[fd] = place + 1;
    return fd;
}

int socket(int domain, int type, int protocol)
{
    FAULT(socket, -1);
    FAIL_IF(error != 0)
    return opened(real_socket(domain, type, protocol), place);
}

int bind(int fd, const struct sockaddr *address, socklen_t len)
{
    FAULT(bind, fd);
    FAIL_IF(error != 0)
    return real_bind(fd, address, len);
}

int listen(int fd, int backlog)
{
    FAULT(listen, fd);
    FAIL_IF(error != 0)
    return real_listen(fd, backlog);
}

int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict len)
{
    FAULT(accept, fd);
    FAIL_IF(error != 0)
    return opened(real_accept(fd, address, len), place);
}

/* After EINTR, a connect goes on by itself. */
int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    FAULT(connect, fd);
    if (error == EINTR)
        real_connect(fd, address, len);
    FAIL_IF(error != 0)
    return real_connect(fd, address, len);
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
    FAULT(getsockopt, fd);
    if (error == SO_ERROR_SET) {
        *(int *)value = ECONNRESET;
        return 0;
    }
    FAIL_IF(error != 0)
    return real_getsockopt(fd, level, name, value, len);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    FAULT(setsockopt, fd);
    FAIL_IF(error != 0)
    return real_setsockopt(fd, level, name, value, len);
}

int fcntl(int fd, int command, ...)
{
    va_list args;
    long arg;

    va_start(args, command);
    arg = va_arg(args, long); /* whatever it is, if it is */
    va_end(args);
    FAULT(fcntl, fd);
    FAIL_IF(error != 0)
    return real_fcntl(fd, command, arg);
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
    FAULT(poll, -1);
    FAIL_IF(error != 0)
    return real_poll(fds, n, ms);
}

int epoll_create1(int flags)
{
    FAULT(epoll_create1, -1);
    FAIL_IF(error != 0)
    return opened(real_epoll_create1(flags), place);
}

int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
    FAULT(epoll_ctl, fd);
    FAIL_IF(error != 0)
    return real_epoll_ctl(epoll, what, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int n, int ms)
{
    FAULT(epoll_wait, -1);
    FAIL_IF(error != 0)
    return real_epoll_wait(epoll, events, n, ms);
}

ssize_t read(int fd, void *data, size_t len)
{
    FAULT(read, fd);
    FAIL_IF(error > 0)
    return real_read(fd, data, error == SHORT && len > 0 ? 1 : len);
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
    FAULT(recv, fd);
    FAIL_IF(error > 0)
    return real_recv(fd, data, error == SHORT && len > 0 ? 1 : len, flags);
}

ssize_t write(int fd, const void *data, size_t len)
{
    FAULT(write, fd);
    FAIL_IF(error > 0)
    return real_write(fd, data, error == SHORT && len > 0 ? 1 : len);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    FAULT(send, fd);
    FAIL_IF(error > 0)
    return real_send(fd, data, error == SHORT && len > 0 ? 1 : len, flags);
}

/* On Linux the descriptor is gone, whatever close() says. */
int close(int fd)
{
    FAULT(close, fd);
    if (error != 0)
        real_close(fd);
    FAIL_IF(error != 0)
    return real_close(fd);
}

int pipe(int fds[2])
{
    FAULT(pipe, -1);
    FAIL_IF(error != 0 || real_pipe(fds) == -1)
    opened(fds[0], place);
    opened(fds[1], place);
    return 0;
}

/* --- processes, threads, time */

pid_t fork(void)
{
    pid_t pid;

    FAULT(fork, -1);
    FAIL_IF(error != 0)
    pid = real_fork();
    if (pid == 0)
        on = false;
    return pid;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    FAULT(waitpid, -1);
    FAIL_IF(error != 0)
    return real_waitpid(pid, status, options);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    FAULT(pthread_create, -1);
    return error != 0 ? error : real_pthread_create(thread, attr, run, arg);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    FAULT(nanosleep, -1);
    if (error != 0 && left != NULL)
        *left = *time;
    FAIL_IF(error != 0)
    return real_nanosleep(time, left);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    FAULT(clock_gettime, -1);
    FAIL_IF(error != 0)
    return real_clock_gettime(clock, time);
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    FAULT(sigaction, -1);
    FAIL_IF(error != 0)
    return real_sigaction(number, action, old);
}

void (*signal(int number, void (*handler)(int)))(int)
{
    FAULT(signal, -1);
    if (error != 0) {
        errno = error;
        return SIG_ERR;
    }
    return real_signal(number, handler);
}

/* Not counted: a demo that has lost its thread shall not wait long until it says so. */
unsigned alarm(unsigned seconds)
{
    const char *most = getenv("TORTURE_SILENCE");

    if (!on && most != NULL && seconds > (unsigned)atoi(most))
        seconds = (unsigned)atoi(most);
    return real_alarm(seconds);
}

/* --- the beginning and the end */

static int find_text(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0) {
            text_from = info->dlpi_addr + header->p_vaddr;
            text_to = text_from + header->p_memsz;
        }
        if (header->p_type == PT_LOAD && (header->p_flags & PF_W) != 0) {
            data_from = info->dlpi_addr + header->p_vaddr;
            data_to = data_from + header->p_memsz;
        }
    }
    return 1; /* the first is the program */
}

static void parse(const char *what)
{
    char name[64], error[64];

    if (sscanf(what, "%63[^:]:%ld:%63s", name, &doomed_number, error) == 3) {
        for (int i = 0; i < N_CALLS; i++)
            if (strcmp(name, call_names[i]) == 0)
                doomed = (enum call)i;
        for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
            if (strcmp(error, errors[i].name) == 0)
                doomed_error = errors[i].number;
    }
    if (doomed == N_CALLS || doomed_error == 0) {
        fprintf(stderr, "TORTURE=%s: is not CALL:NUMBER:ERROR\n", what);
        _exit(99);
    }
}

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("TORTURE_LOG"), *what = getenv("TORTURE");

#define FIND(name) real_##name = (__typeof__(real_##name))dlsym(RTLD_NEXT, #name);
    real_free = (__typeof__(real_free))dlsym(RTLD_NEXT, "free");
    real_alarm = (__typeof__(real_alarm))dlsym(RTLD_NEXT, "alarm");
    CALLS(FIND)
    dl_iterate_phdr(find_text, NULL);
    if (file != NULL) {
        int low = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

        log_fd = real_fcntl(low, F_DUPFD_CLOEXEC, FDS_MAX - 1); /* out of the program's way */
        if (log_fd == -1)
            _exit(99);
        real_close(low);
    }
    for (int fd = 0; fd < FDS_MAX; fd++)
        open_before[fd] = real_fcntl(fd, F_GETFD) != -1;
    if (what != NULL)
        parse(what);
    on = true;
}

/* Says what is left. (Not after _exit(), and not after exit() in a child.) */
__attribute__((destructor)) static void end(void)
{
    const struct place nowhere = {.depth = 1};

    if (!on || log_fd == -1)
        return;
    /* What a static variable points to is kept, not lost. */
    for (uintptr_t p = (data_from + 7) / 8 * 8; p + 8 <= data_to; p += 8)
        forget(*(void **)p);
    inside = true;
    for (int i = 0; i < PLACES_MAX; i++)
        if (places[i].depth != 0)
            note("CALL %s %ld %ld %ld %s\n", call_names[places[i].call], places[i].times,
                 places[i].first, places[i].last, stack_text(&places[i]));
    for (size_t i = 0, left = 20; n_blocks > 0 && i < BLOCKS_MAX && left > 0; i++) {
        if (blocks[i].address != NULL) {
            note("LEAK %zu %s\n", blocks[i].size, stack_text(&places[blocks[i].place]));
            left--;
        }
    }
    for (int fd = 0; fd < FDS_MAX; fd++) {
        char link[64], target[128] = "";

        if (open_before[fd] || real_fcntl(fd, F_GETFD) == -1 || fd == log_fd)
            continue;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) == -1)
            target[0] = '\0';
        note("OPEN %d %s %s\n", fd, target,
             stack_text(fd_places[fd] > 0 ? &places[fd_places[fd] - 1] : &nowhere));
    }
    if (real_waitpid(-1, NULL, WNOHANG) != -1)
        note("CHILD\n");
}
