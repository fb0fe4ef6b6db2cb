/* io.c - IO in the scheduler. */
#define _POSIX_C_SOURCE 200809L

#include "io.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/story.h"
#include "syscall.h"
#include "timer.h"

enum { FDS_MAX = 65536 };

/* What there is to know of a descriptor. */
struct entry {
    struct task *reader, *writer; /* who waits, or NULL */
    struct task *owner;           /* who is killed when it breaks, or NULL */
    int watched;                  /* for which events the kernel watches it */
};

static struct sched *sched;
static const struct poller *poller;
static struct entry *entries; /* by descriptor */
static int n_entries;

/* --- what the kernel watches. A wait begins by asking for it, unless it is watched already; when
 * the wait ends, it stays so, for mostly the next wait is for the same. */

/* Lets the kernel watch FD for EVENTS. Returns false with errno. */
static bool watch(int fd, int events)
{
    struct entry *entry = &entries[fd];

    if (entry->watched == events)
        return true;
    if (!poller->watch(fd, entry->watched, events))
        return false;
    entry->watched = events;
    return true;
}

/* FD has had EVENTS: wakes who waits for that. An event for which nobody waits is watched no more,
 * or it would be told again and again. */
static void hear(int fd, int events)
{
    struct entry *entry = &entries[fd];
    bool broken = (events & (POLLHUP | POLLERR)) != 0;
    int unwanted = 0;

    if (entry->watched == UNWATCHED)
        return; /* closed a moment ago, by the cleanup of a task that was killed */
    if (broken && entry->reader == NULL && entry->writer == NULL) {
        struct task *owner = entry->owner;

        watch(fd, UNWATCHED);
        if (owner != NULL)
            sched_exit(sched, owner, none());
        return;
    }
    if (entry->reader != NULL && (broken || (events & POLLIN)))
        sched_wake(sched, entry->reader, none());
    else
        unwanted |= events & POLLIN;
    if (entry->writer != NULL && (broken || (events & POLLOUT)))
        sched_wake(sched, entry->writer, none());
    else
        unwanted |= events & POLLOUT;
    if (unwanted != 0)
        watch(fd, entry->watched & ~unwanted);
}

/* --- the io task */

/* How long the kernel may let us wait, in ms. (In a demo, timers can be held back.) */
static int poll_timeout(void)
{
    if (sched->ready.next != &sched->ready)
        return 0; /* others want to run */
    return story_holds(TIMERS) ? -1 : timer_next();
}

/* Asks the kernel who can go on, without waiting while others are ready; ends when nobody waits for
 * IO or a time, and nobody is ready who could. */
static struct value io_body(struct gen *gen, struct value sent)
{
    BEGIN(GO_ON)
    while (sched->n_parked > 0 || sched->ready.next != &sched->ready) {
        if (sched->n_parked > 0 && !poller->wait(poll_timeout(), hear) && errno != EINTR)
            die("cannot poll: %s", strerror(errno));
        if (!story_holds(TIMERS))
            timer_call_due();
        YIELD(GO_ON, sent, none()); /* nothing is sent that it would have to keep */
    }
    RETURN(none());
    END
}

void io_open(struct sched *of, const struct poller *by)
{
    long most = sysconf(_SC_OPEN_MAX);
    struct gen *io_task = gen_new(sizeof *io_task, "io", io_body, NULL);

    sched = of;
    poller = by;
    n_entries = most < 0 || most > FDS_MAX ? FDS_MAX : (int)most;
    entries = malloc((size_t)n_entries * sizeof(*entries));
    if (entries == NULL || io_task == NULL || sched_new(sched, io_task) == 0)
        die("cannot set up the io task: out of memory");
    for (int fd = 0; fd < n_entries; fd++)
        entries[fd] = (struct entry){.watched = UNWATCHED};
    if (!poller->open(n_entries))
        die("cannot set up %s: %s", poller->name, strerror(errno));
}

void io_close(void)
{
    poller->close();
    timer_close();
    free(entries);
    n_entries = 0;
}

void io_close_fd(int fd)
{
    struct entry *entry;

    if (fd < 0)
        return;
    if (fd >= n_entries) {
        close(fd);
        return;
    }
    entry = &entries[fd];
    watch(fd, UNWATCHED);
    entry->watched = UNWATCHED;
    if (entry->reader != NULL)
        sched_wake(sched, entry->reader, error(IO_ERROR, "closed"));
    if (entry->writer != NULL)
        sched_wake(sched, entry->writer, error(IO_ERROR, "closed"));
    if (entry->owner != NULL)
        entry->owner->owned = NULL;
    entry->owner = NULL;
    close(fd);
}

struct task *io_running(void)
{
    return sched->running;
}

/* --- system calls */

struct io_call {
    struct syscall call;
    int fd;
    long long ms;
};

static struct value make(void (*handle)(struct syscall *call), int fd, long long ms)
{
    struct value call = syscall_new(sizeof(struct io_call), handle, none());

    if (call.tag == SYSCALL) {
        ((struct io_call *)call.syscall)->fd = fd;
        ((struct io_call *)call.syscall)->ms = ms;
    }
    return call;
}

/* The caller's wait has lasted long enough. */
static void time_out(void *arg)
{
    struct task *task = arg;

    sched_wake(sched, task, task->slot != NULL ? error(TIMED_OUT, "timed out") : none());
}

/* Parks the caller for MS, with SLOT for whoever can end the wait before. */
static void park(struct syscall *call, struct task **slot, long long ms)
{
    struct task *task = call->task;

    task->deadline.call = time_out;
    task->deadline.arg = task;
    if (ms != FOREVER && !timer_add(&task->deadline, ms))
        sched_schedule(sched, task, error(NO_MEMORY, "out of memory"));
    else
        sched_park(sched, task, slot);
}

/* Parks the caller until its descriptor has had EVENT. */
static void wait_for(struct syscall *call, int event)
{
    struct io_call *io = (struct io_call *)call;
    struct entry *entry;
    struct task **slot;
    int watched;

    if (io->fd < 0 || io->fd >= n_entries || io->ms < FOREVER) {
        sched_schedule(sched, call->task, error(VALUE_ERROR, "no descriptor, or a negative time"));
        return;
    }
    entry = &entries[io->fd];
    slot = event == POLLIN ? &entry->reader : &entry->writer;
    if (*slot != NULL) {
        sched_schedule(sched, call->task, error(VALUE_ERROR, "somebody waits for it already"));
        return;
    }
    watched = entry->watched == UNWATCHED ? 0 : entry->watched;
    if (watch(io->fd, watched | event))
        park(call, slot, io->ms);
    else if (errno == EPERM)
        sched_schedule(sched, call->task, none()); /* it is always ready */
    else
        sched_schedule(sched, call->task, error(IO_ERROR, strerror(errno)));
}

static void handle_read_wait(struct syscall *call)
{
    wait_for(call, POLLIN);
}

struct value ReadWait(int fd, long long ms)
{
    return make(handle_read_wait, fd, ms);
}

static void handle_write_wait(struct syscall *call)
{
    wait_for(call, POLLOUT);
}

struct value WriteWait(int fd, long long ms)
{
    return make(handle_write_wait, fd, ms);
}

static void handle_sleep(struct syscall *call)
{
    long long ms = ((struct io_call *)call)->ms;

    if (ms < 0)
        sched_schedule(sched, call->task, error(VALUE_ERROR, "a negative time"));
    else
        park(call, NULL, ms);
}

struct value Sleep(long long ms)
{
    return make(handle_sleep, -1, ms);
}

static void handle_close(struct syscall *call)
{
    io_close_fd(((struct io_call *)call)->fd);
    sched_schedule(sched, call->task, none());
}

struct value Close(int fd)
{
    return make(handle_close, fd, 0);
}

static void handle_own(struct syscall *call)
{
    int fd = ((struct io_call *)call)->fd;
    struct value result = none();

    if (fd < 0 || fd >= n_entries || entries[fd].owner != NULL || call->task->owned != NULL) {
        result = error(VALUE_ERROR, "no descriptor, or it has an owner");
    } else if (entries[fd].watched == UNWATCHED && !watch(fd, 0)) {
        result = error(IO_ERROR, strerror(errno));
    } else {
        entries[fd].owner = call->task;
        call->task->owned = &entries[fd].owner;
    }
    sched_schedule(sched, call->task, result);
}

struct value Own(int fd)
{
    return make(handle_own, fd, 0);
}
