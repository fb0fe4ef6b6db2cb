/* io.c - tests of IO in the scheduler (step 7 on): the io task, ReadWait, WriteWait, Sleep, Close,
 * Own. Prints what happens.
 *
 *   io POLLER         all plays
 *   io POLLER WORD    one that could hang, or stop the program: closed, reopened, kills_io */
#define _POSIX_C_SOURCE 200809L

#include "await.h"
#include "io.h"
#include "net.h"
#include "sockets.h"
#include "syscall.h"
#include "timer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The descriptors of a play, by their letters. */
enum { PIPE_R, PIPE_W, ONE, OTHER, DISK_FILE, NO_FILE, N_FDS };

static const char letters[] = "rwsofx"; /* r, w: a pipe; s, o: a connection; f: a file; x: none */
static int fds[N_FDS];
static struct sched sched;
static const struct poller *poller;
static int n_made, n_dropped, n_io_runs;

/* --- actors: tasks that do what the words of their part say. The first one is task 2. */

struct actor {
    struct gen gen;
    char name;
    const char *words; /* those that are left, the present one first */
    long long began;   /* the present one, in ms */
    struct value got;
};

/* Whether the present word of F is WORD, or WORD with something behind it. */
static bool is(const struct actor *f, const char *word)
{
    size_t len = strlen(word);

    return strncmp(f->words, word, len) == 0 && strchr(" :", f->words[len]) != NULL;
}

/* What stands behind the first colon of the present word: a descriptor's letter. */
static int *descriptor(const struct actor *f)
{
    return &fds[strchr(letters, strchr(f->words, ':')[1]) - letters];
}

/* The number behind the last colon of the present word; FOREVER if there is none. */
static long long number(const struct actor *f)
{
    size_t len = strcspn(f->words, " ");

    while (len > 0 && f->words[len] != ':')
        len--;
    return strchr("-0123456789", f->words[len + 1]) != NULL ? strtoll(f->words + len + 1, NULL, 10)
                                                            : FOREVER;
}

/* Writes as much as there is room for. */
static void fill(int fd)
{
    static char much[65536];

    while (write(fd, much, sizeof much) > 0)
        ;
    while (write(fd, much, 1) > 0)
        ;
}

static void drain(int fd)
{
    static char much[65536];

    while (read(fd, much, sizeof much) > 0)
        ;
}

/* Closes a descriptor for which nobody waits, as the other side would: with a reset if unread. */
static void hang_up(int *fd)
{
    close(*fd);
    *fd = -1;
}

static void make_pipe(void)
{
    if (pipe(fds) == -1 || !net_set_blocking(fds[PIPE_R], false) ||
        !net_set_blocking(fds[PIPE_W], false))
        exit(2);
}

/* Reads what there is. */
static struct value get(int fd)
{
    char text[16];
    ssize_t n = read(fd, text, sizeof text);

    return n == -1 ? error(IO_ERROR, strerror(errno)) : integer(n);
}

static char shared[] = "hello"; /* what is sent, while nobody scribbles over it */

/* Reads all that comes, until there is nothing for a while. Returns the end of it. */
static struct value read_end(int fd)
{
    static char much[65536], end[sizeof shared];
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    ssize_t n;

    while (poll(&readable, 1, 300) == 1 && (n = read(fd, much, sizeof much)) > 0)
        for (ssize_t i = 0; i < n; i++) {
            memmove(end, end + 1, sizeof end - 2);
            end[sizeof end - 2] = much[i];
        }
    return text(end);
}

/* Does the present word of F if it needs no system call. */
static bool act(struct actor *f)
{
    f->got = none();
    if (is(f, "put"))
        f->got = integer(write(*descriptor(f), "x", 1));
    else if (is(f, "get"))
        f->got = get(*descriptor(f));
    else if (is(f, "fill"))
        fill(*descriptor(f));
    else if (is(f, "drain"))
        drain(*descriptor(f));
    else if (is(f, "read_end"))
        f->got = read_end(*descriptor(f));
    else if (is(f, "scribble"))
        memset(shared, 'x', sizeof shared - 1);
    else if (is(f, "hang_up"))
        hang_up(descriptor(f));
    else if (is(f, "half_close"))
        shutdown(*descriptor(f), SHUT_WR);
    else if (is(f, "pipe"))
        make_pipe();
    else
        return false;
    return true;
}

/* What F awaits for its present word. */
static struct value to_await(const struct actor *f)
{
    if (is(f, "read"))
        return ReadWait(*descriptor(f), number(f));
    if (is(f, "write"))
        return WriteWait(*descriptor(f), number(f));
    if (is(f, "send"))
        return send_all(*descriptor(f), shared, sizeof shared - 1, number(f));
    if (is(f, "accept"))
        return accept_one(*descriptor(f));
    if (is(f, "sleep"))
        return Sleep(number(f));
    if (is(f, "close"))
        return Close(*descriptor(f));
    if (is(f, "own"))
        return Own(*descriptor(f));
    if (is(f, "kill"))
        return Kill((long)number(f));
    if (is(f, "wait"))
        return Wait((long)number(f));
    if (is(f, "pause"))
        return Yield();
    fprintf(stderr, "what is %s?\n", f->words);
    exit(2);
}

/* Says what has come of the present word of F. */
static void report(const struct actor *f)
{
    printf("  %c %.*s: ", f->name, (int)strcspn(f->words, " "), f->words);
    if (f->got.tag == ERROR && strcmp(f->got.text, strerror(ENOTSOCK)) == 0)
        printf("raises not a socket\n"); /* each libc has its own words for it */
    else if (f->got.tag == ERROR)
        printf("raises %s\n", f->got.text);
    else if (f->got.tag == INTEGER)
        printf("%ld\n", f->got.integer);
    else if (f->got.tag == TEXT)
        printf("%s\n", f->got.text);
    else
        printf("none\n");
    if ((is(f, "sleep") || (f->got.tag == ERROR && f->got.code == TIMED_OUT)) &&
        timer_now() - f->began < number(f) - 1) /* the clock's ms are cut */
        printf("  FAILED: too early\n");
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(GOT)
    while (*f->words != '\0') {
        if (!act(f)) {
            f->began = timer_now();
            AWAIT_CATCH(GOT, f->got, to_await(f));
        }
        report(f);
        f->words += strcspn(f->words, " ");
        f->words += strspn(f->words, " ");
    }
    RETURN(none());
    END
}

static void actor_drop(struct gen *gen)
{
    n_dropped++;
    printf("  %c is dropped\n", ((struct actor *)gen)->name);
}

static void add_actor(char name, const char *words)
{
    struct actor *f = gen_new(sizeof *f, "actor", actor_body, actor_drop);

    if (f == NULL)
        exit(2);
    n_made++;
    f->name = name;
    f->words = words;
    sched_new(&sched, &f->gen);
}

/* --- plays */

static void count_io_runs(const struct sched *of, const struct task *task)
{
    (void)of;
    n_io_runs += task->tid == 1;
}

static void make_connection(void)
{
    struct address address;
    int listener;

    if (net_resolve(&address, "127.0.0.1", "0") != NULL || (listener = net_listen(&address)) == -1)
        exit(2);
    net_own_address(listener, &address);
    fds[OTHER] = net_connect(&address, true);
    fds[ONE] = net_accept(listener, false);
    if (fds[OTHER] == -1 || fds[ONE] == -1 || !net_set_blocking(fds[OTHER], false))
        exit(2);
    close(listener);
}

static void open_all(void)
{
    make_pipe();
    make_connection();
    fds[DISK_FILE] = open("/dev/null", O_RDONLY); /* replaced by a file that is one */
    fds[DISK_FILE] = dup2(fileno(tmpfile()), fds[DISK_FILE]);
    fds[NO_FILE] = fcntl(1, F_DUPFD, 200); /* a number that nobody gets by chance */
    close(fds[NO_FILE]);
    n_made = 0;
    n_dropped = 0;
    n_io_runs = 0;
    sched_open(&sched);
    sched.on_switch = count_io_runs;
    io_open(&sched, poller);
}

static void close_all(void)
{
    sched_close(&sched);
    io_close();
    for (int i = 0; i < NO_FILE; i++)
        close(fds[i]);
}

static void play(const char *headline, const char *const *parts)
{
    printf("%s\n", headline);
    open_all();
    for (int i = 0; parts[i] != NULL; i++)
        add_actor((char)('a' + i), parts[i]);
    printf("  all ended: %s\n", sched_main_loop(&sched) ? "yes" : "no");
    if (n_made != n_dropped)
        printf("  FAILED: %d frames made, %d dropped\n", n_made, n_dropped);
    if (sched.n_parked != 0 || sched.n_tasks != 0 || timer_next() != -1)
        printf("  FAILED: %zu parked, %zu tasks left, timer %d\n", sched.n_parked, sched.n_tasks,
               timer_next());
    if (n_io_runs > 100)
        printf("  FAILED: the io task has run %d times\n", n_io_runs);
    close_all();
}

/* Plays a play with these PARTS, the first for task 2. */
#define PLAY(headline, ...) play(headline, (const char *const[]){__VA_ARGS__, NULL})

static void play_waits(void)
{
    PLAY("ReadWait, until there is something", "read:r get:r", "sleep:20 put:w");
    PLAY("what is there already", "put:w read:r read:r get:r write:w");
    PLAY("WriteWait, until there is room", "fill:w write:w", "sleep:20 drain:r");
    PLAY("one waits to read, another one to write", "read:s get:s", "write:s write:s put:s",
         "sleep:20 put:o get:o");
    PLAY("both wait, and both are woken", "read:s", "fill:s write:s", "sleep:20 hang_up:o");
    PLAY("a second one who waits is refused, and the first one is not disturbed", "read:r get:r",
         "read:r read:r:10", "fill:s write:s:20", "write:s", "sleep:60 put:w");
    PLAY("what waits for room is sent, whatever becomes of where it stood", "fill:s send:s",
         "pause scribble drain:o wait:2 read_end:o");
    PLAY("a file is always ready", "read:f write:f read:f:0 get:f");
    PLAY("nobody comes where nobody listens", "accept:r accept:s accept:x");
    PLAY("no descriptor", "hang_up:o read:o write:o own:o close:o close:x");
}

static void play_ends(void)
{
    PLAY("the other end of a pipe hangs up: that alone wakes the reader", "read:r get:r",
         "sleep:20 hang_up:w");
    PLAY("and the writer", "fill:w write:w put:w", "sleep:20 hang_up:r");
    PLAY("the other side of a connection ends it, or half of it", "read:s get:s get:s",
         "sleep:20 half_close:o");
    PLAY("the other side resets", "read:s get:s", "put:s sleep:20 hang_up:o");
}

static void play_times(void)
{
    PLAY("deadlines", "read:r:0 read:r:20 write:w:20 read:r:-2 write:w:-2 read:r:1",
         "sleep:0 sleep:20 sleep:-1 sleep:-2");
    PLAY("a deadline far away", "read:r:2147483648 get:r", "read:s:9223372036854775807 get:s",
         "sleep:20 put:w sleep:20 put:o");
    PLAY("a deadline that is nearer than the one before", "read:r:50000 get:r read:r:20",
         "put:w pause pause sleep:400");
    PLAY("one that has ended its wait in time is not told of its deadline", "read:r:30 sleep:60",
         "put:w");
    PLAY("the earlier first", "sleep:60", "sleep:20", "sleep:40", "sleep:0");
    PLAY("what is ready and not waited for any more does not keep the io task busy",
         "read:r:10 read:s:10", "wait:2 put:w put:o sleep:100 get:r get:s");
}

static void play_close(void)
{
    PLAY("Close wakes who waits", "read:s", "fill:s write:s", "pause pause close:s pause");
    PLAY("Close wakes who waits with a deadline, once", "read:s:400", "sleep:10 close:s sleep:450");
    PLAY("Close of one's own", "close:r put:w");
    PLAY("Close of two out of three: the third is told what is its own", "read:r",
         "read:s:5000 get:s", "read:o", "pause pause close:r close:o");
    PLAY("a number that is used again belongs to nobody", "own:r read:r", "pause close:r pipe",
         "sleep:20 own:r read:r:20 put:w read:r get:r");
}

static void play_kill(void)
{
    PLAY("who was killed waits no more: another one can", "read:r:30000", "fill:w write:w:30000",
         "sleep:60000", "pause kill:2 kill:3 kill:4 read:r:10 write:w:10 drain:r write:w:10");
    PLAY("a killed one's event comes, for nobody", "read:r", "pause kill:2 put:w sleep:20 get:r");
    PLAY("killed when it is woken, and has not run yet", "read:r",
         "pause put:w pause kill:2 read:r:0 kill:2");
}

static void play_own(void)
{
    PLAY("the owner is killed when the other side resets", "own:s sleep:60000", "wait:2",
         "put:s sleep:20 hang_up:o");
    PLAY("the owner waits for it: it is told, and not killed", "own:s read:s get:s sleep:20",
         "put:s sleep:20 hang_up:o");
    PLAY("the other side sends no more: nobody is killed", "own:s sleep:60 put:s",
         "sleep:20 half_close:o sleep:80 get:o");
    PLAY("the other side sends, and sends no more: nobody is killed", "own:s sleep:60 get:s get:s",
         "sleep:20 put:o half_close:o");
    PLAY("another one waits for it: the owner is not killed", "own:s wait:3", "read:s get:s",
         "put:s sleep:20 hang_up:o");
    PLAY("one owner each, one descriptor each", "own:s own:s own:r sleep:20", "own:s",
         "sleep:40 own:s own:s");
    PLAY("who has closed it owns it no more", "own:s close:s own:r sleep:20", "sleep:10 hang_up:o");
}

static void play_io_task(void)
{
    PLAY("the io task alone ends", "pause");
    PLAY("somebody waits for the io task", "wait:1", "sleep:20");
    PLAY("a deadlock is one, with an io task as without", "wait:3", "wait:2", "sleep:20");
    PLAY("nobody at all", NULL);
}

/* --- many sleepers */

enum { SLEEPERS = 1000 };

static int n_awake, n_wrong;
static long long last_due;

struct sleeper {
    struct gen gen;
    int ms;
    long long due;
    struct value got;
};

static struct value sleeper_body(struct gen *gen, struct value sent)
{
    struct sleeper *f = (struct sleeper *)gen;

    BEGIN(AWAKE)
    f->due = timer_now() + f->ms;
    AWAIT(AWAKE, f->got, Sleep(f->ms));
    n_awake++;
    n_wrong += timer_now() < f->due || f->due < last_due - 100; /* roughly */
    last_due = f->due;
    RETURN(none());
    END
}

static void play_sleepers(void)
{
    printf("%d sleepers\n", SLEEPERS);
    open_all();
    for (int i = 0; i < SLEEPERS; i++) {
        struct sleeper *f = gen_new(sizeof *f, "sleeper", sleeper_body, NULL);

        if (f == NULL)
            exit(2);
        f->ms = i * 7919 % 200;
        sched_new(&sched, &f->gen);
    }
    printf("  all ended: %s", sched_main_loop(&sched) ? "yes" : "no");
    printf("; %d were awake, %d too early or out of turn\n", n_awake, n_wrong);
    close_all();
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    poller = poller_find(argc > 1 ? argv[1] : NULL);
    if (poller == NULL)
        return 2;
    if (argc > 2 && strcmp(argv[2], "closed") == 0) {
        PLAY("a number that is not open", "read:x:50 write:x:50 own:x");
    } else if (argc > 2 && strcmp(argv[2], "kills_io") == 0) {
        PLAY("the io task is killed", "read:r", "pause kill:1");
    } else {
        play_waits();
        play_ends();
        play_times();
        play_close();
        play_kill();
        play_own();
        play_io_task();
        play_sleepers();
    }
    return 0;
}
