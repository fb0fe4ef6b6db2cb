/* random.c - a randomised test of the scheduler (step 6 on). Tasks choose at random what they do,
 * and tell a model of the scheduler, which is written here with arrays and linear searches. Before
 * each operation, all that the scheduler has is compared with what the model has. Takes a seed,
 * which it says if it fails, on stderr. */
#define _POSIX_C_SOURCE 200809L

#include "await.h"
#include "sched.h"
#include "syscall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    N_OPERATIONS = 100000,
    LIVE_MAX = 300,
    TIDS_MAX = 2 * N_OPERATIONS, /* each operation makes one task at most, each round a few */
    NOTES_MAX = 2 * LIVE_MAX + 2,
    DEPTH_MAX = 4,
    CLEANUP_FAILED = 99, /* the code of what a bad cleanup raises; others count on from there */
};

static unsigned long seed;
static int n_operations;
static struct sched sched;

_Noreturn static void fail(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "seed %lu, operation %d: ", seed, n_operations);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* A number from 0 to N - 1. */
static int any(int n)
{
    static unsigned long long state;

    if (state == 0)
        state = seed * 2 + 1;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((state >> 33) % (unsigned)n);
}

/* --- the model */

/* Numbers of tasks, in some order. */
struct row {
    long tids[LIVE_MAX];
    int n;
};

static struct known {
    enum task_state state;
    long waits_for;
    struct value sent; /* what it will get when it goes on */
    int n_frames;      /* its generators */
    bool started;      /* it has run */
    unsigned bad;      /* a bit for each of them whose cleanup raises, by its depth */
} known[TIDS_MAX];

static struct row live, ready, waiting; /* by their numbers; by their turns; as they came */
static long last_tid, running;          /* 0: nobody */
static int n_frames, n_cleanups;        /* those that there must be; those that must have run */

static struct note {
    bool failed; /* or ended */
    long tid;
    int code;
} notes[NOTES_MAX]; /* what the scheduler has to tell next */
static int n_notes, n_told;

static void add(struct row *row, long tid)
{
    row->tids[row->n++] = tid;
}

static bool has(const struct row *row, long tid)
{
    for (int i = 0; i < row->n; i++)
        if (row->tids[i] == tid)
            return true;
    return false;
}

static void take_out(struct row *row, long tid)
{
    int n = 0;

    for (int i = 0; i < row->n; i++)
        if (row->tids[i] != tid)
            row->tids[n++] = row->tids[i];
    row->n = n;
}

static void model_schedule(long tid, struct value sent)
{
    if (tid == running)
        running = 0;
    known[tid].state = TASK_READY;
    known[tid].sent = sent;
    add(&ready, tid);
}

static void model_new(void)
{
    last_tid++;
    add(&live, last_tid);
    known[last_tid] = (struct known){.n_frames = 1};
    n_frames++;
    model_schedule(last_tid, none());
}

static void model_wait(long tid, long wanted)
{
    running = 0;
    known[tid].state = TASK_WAITING;
    known[tid].waits_for = wanted;
    add(&waiting, tid);
}

static void model_note(bool failed, long tid, int code)
{
    if (n_notes == NOTES_MAX)
        fail("the scheduler tells nothing");
    notes[n_notes++] = (struct note){.failed = failed, .tid = tid, .code = code};
}

/* Ends TID, whose generator has ended by itself or not. */
static void model_exit(long tid, bool by_itself, struct value result)
{
    struct known *task = &known[tid];
    struct row old = waiting;

    take_out(&live, tid);
    take_out(&ready, tid);
    take_out(&waiting, tid);
    if (tid == running)
        running = 0;
    n_frames -= task->n_frames;
    if (!by_itself && task->started)
        n_cleanups += task->n_frames;
    if (!by_itself && task->started && task->bad != 0)
        model_note(true, tid, CLEANUP_FAILED);
    else if (result.tag == ERROR)
        model_note(true, tid, result.code);
    model_note(false, tid, 0);
    for (int i = 0; i < old.n; i++)
        if (known[old.tids[i]].waits_for == tid && has(&waiting, old.tids[i])) {
            take_out(&waiting, old.tids[i]);
            model_schedule(old.tids[i], result);
        }
}

/* --- the scheduler beside the model */

static void same(struct value got, struct value expected, const char *where)
{
    if (got.tag != expected.tag || (got.tag == ERROR && got.code != expected.code) ||
        (got.tag == INTEGER && got.integer != expected.integer))
        fail("%s: %d/%ld in place of %d/%ld", where, got.tag, got.tag == INTEGER ? got.integer : 0,
             expected.tag, expected.tag == INTEGER ? expected.integer : 0);
}

/* Whether the links of QUEUE point to each other; and that it is no longer than all tasks. */
static void check_ring(const struct link *queue, const char *name)
{
    const struct link *link = queue;
    int n = 0;

    do {
        if (link->next->prev != link || link->prev->next != link)
            fail("%s: the links do not fit", name);
        if (n++ > live.n)
            fail("%s: too long", name);
        link = link->next;
    } while (link != queue);
}

static void check_ready(void)
{
    int n = 0;

    check_ring(&sched.ready, "the ready queue");
    for (const struct link *link = sched.ready.next; link != &sched.ready; link = link->next, n++)
        if (n == ready.n || ((const struct task *)link)->tid != ready.tids[n])
            fail("the ready queue: task %ld at %d, not task %ld", ((const struct task *)link)->tid,
                 n, n == ready.n ? 0 : ready.tids[n]);
    if (n != ready.n)
        fail("the ready queue: %d tasks, not %d", n, ready.n);
}

/* Those who wait for TASK, in the order in which they came. Returns how many they are. */
static int check_waiters(const struct task *task)
{
    int n = 0, at = 0;

    check_ring(&task->waiters, "a waiting list");
    for (const struct link *link = task->waiters.next; link != &task->waiters;
         link = link->next, n++, at++) {
        const struct task *waiter = (const struct task *)link;

        while (at < waiting.n && known[waiting.tids[at]].waits_for != task->tid)
            at++;
        if (at == waiting.n || waiting.tids[at] != waiter->tid || waiter->waits_for != task)
            fail("task %ld: task %ld should not wait for it, or not there", task->tid, waiter->tid);
    }
    return n;
}

static void check_task(const struct task *task, int n)
{
    if (n >= live.n || task->tid != live.tids[n])
        fail("task %ld is there, not task %ld", task->tid, n < live.n ? live.tids[n] : 0);
    if (task->state != known[task->tid].state)
        fail("task %ld: state %d, not %d", task->tid, task->state, known[task->tid].state);
    if (task->state != TASK_WAITING && task->waits_for != NULL)
        fail("task %ld does not wait for task %ld", task->tid, task->waits_for->tid);
    if (task->state == TASK_READY)
        same(task->sendval, known[task->tid].sent, "what it will be sent");
    if ((task->state == TASK_RUNNING) != (task == sched.running))
        fail("task %ld: does it run?", task->tid);
    if (sched_find(&sched, task->tid) != task)
        fail("task %ld is not found", task->tid);
}

static void check_all(void)
{
    const struct task *task = NULL;
    int n = 0, n_waiters = 0;

    check_ring(&sched.all, "all tasks");
    while ((task = sched_next(&sched, task)) != NULL) {
        check_task(task, n++);
        if (task->waiters.next != &task->waiters)
            n_waiters += check_waiters(task);
    }
    if (n != live.n || sched.n_tasks != (size_t)n || sched.last_tid != last_tid)
        fail("%d tasks, or %zu, not %d; the last is %ld, not %ld", n, sched.n_tasks, live.n,
             sched.last_tid, last_tid);
    if (n_waiters != waiting.n)
        fail("%d wait, not %d", n_waiters, waiting.n);
}

/* That the map has all live tasks has been seen; now, that it has no others. */
static void check_map(void)
{
    size_t n = 0;

    for (size_t i = 0; i < sched.map_size; i++)
        for (const struct task *task = sched.map[i]; task != NULL && n <= sched.n_tasks;
             task = task->next)
            n++;
    if (n != sched.n_tasks || 2 * sched.map_size < sched.n_tasks)
        fail("%zu tasks in the map of %zu lists, not %zu", n, sched.map_size, sched.n_tasks);
    for (int i = 0; i < 3; i++) {
        long tid = any((int)last_tid + 3) - 1;

        if ((sched_find(&sched, tid) != NULL) != has(&live, tid))
            fail("task %ld: is it there?", tid);
    }
}

static int frames_made, frames_dropped, cleanups;

static void check(void)
{
    check_ready();
    check_all();
    check_map();
    if (n_told != n_notes)
        fail("the end of task %ld is not told", notes[n_told].tid);
    n_told = 0;
    n_notes = 0;
    if (frames_made - frames_dropped != n_frames)
        fail("%d frames, not %d", frames_made - frames_dropped, n_frames);
    if (cleanups != n_cleanups)
        fail("%d cleanups have run, not %d", cleanups, n_cleanups);
}

static void see_switch(const struct sched *of, const struct task *task)
{
    (void)of;
    if (ready.n == 0 || task->tid != ready.tids[0])
        fail("task %ld runs, not task %ld", task->tid, ready.n == 0 ? 0 : ready.tids[0]);
    take_out(&ready, task->tid);
    running = task->tid;
    known[running].state = TASK_RUNNING;
    known[running].started = true;
    check();
}

static void see(bool failed, long tid, int code)
{
    const struct note *note = &notes[n_told];

    if (n_told == n_notes || note->tid != tid || note->failed != failed || note->code != code)
        fail("it is told that task %ld has %s (%d)", tid, failed ? "failed" : "ended", code);
    n_told++;
}

static void see_end(const struct task *task)
{
    see(false, task->tid, 0);
}

static void see_failure(const struct task *task, struct value failure)
{
    see(true, task->tid, failure.code);
}

/* --- the tasks */

struct frame {
    struct gen gen;
    int depth;
    bool bad; /* its cleanup raises */
    struct value got;
};

/* What the tasks of a round are like. */
static int tasks_max, ends_at;
static int weight_new, weight_end, weight_kill, weight_wait;

static void frame_drop(struct gen *gen)
{
    (void)gen;
    frames_dropped++;
}

static struct value frame_body(struct gen *gen, struct value sent);

static struct gen *make(int depth, bool bad)
{
    struct frame *f = gen_new(sizeof *f, "frame", frame_body, frame_drop);

    if (f == NULL)
        exit(2);
    frames_made++;
    f->depth = depth;
    f->bad = bad;
    return &f->gen;
}

static struct gen *make_task(void)
{
    bool bad = any(10) == 0;

    model_new();
    known[last_tid].bad = bad;
    return make(0, bad);
}

/* A result, which is an error at times. */
static struct value any_result(void)
{
    int kind = any(5);

    if (kind == 0)
        return error(CLEANUP_FAILED + 1 + any(1000), "a result");
    return kind == 1 ? none() : integer(any(1000));
}

/* The number of a task, which is there for the most part. */
static long any_tid(void)
{
    if (any(8) == 0)
        return any((int)last_tid + 3) - 1;
    return live.tids[any(live.n)];
}

static struct value do_new(void)
{
    long caller = running;
    struct gen *gen = make_task();

    model_schedule(caller, integer(last_tid));
    return New(gen);
}

static struct value do_kill(void)
{
    long caller = running, tid = any_tid();

    if (!has(&live, tid)) {
        model_schedule(caller, error(NO_SUCH_TASK, ""));
    } else {
        model_exit(tid, false, none());
        if (tid != caller)
            model_schedule(caller, none());
    }
    return Kill(tid);
}

static struct value do_wait(void)
{
    long tid = any_tid();

    if (!has(&live, tid))
        model_schedule(running, error(NO_SUCH_TASK, ""));
    else if (tid == running)
        model_schedule(running, error(VALUE_ERROR, ""));
    else
        model_wait(running, tid);
    return Wait(tid);
}

static struct value do_exit(void)
{
    struct value result = any_result();

    model_exit(running, false, result);
    return Exit(result);
}

/* Calls another frame, whose result comes back without the scheduler. */
static struct value do_call(const struct frame *f)
{
    bool bad = any(10) == 0;

    n_frames++;
    known[running].n_frames++;
    known[running].bad |= bad ? 2U << f->depth : 0;
    return generator(make(f->depth + 1, bad));
}

/* Chooses what F does next, and tells the model. */
static struct value any_call(const struct frame *f)
{
    static struct task_info infos[LIVE_MAX];
    int choice = any(weight_new + weight_kill + weight_wait + 8);

    if ((choice -= weight_new) < 0 && live.n < tasks_max)
        return do_new();
    if ((choice -= weight_kill) < 0)
        return do_kill();
    if ((choice -= weight_wait) < 0)
        return do_wait();
    if (choice == 0)
        return do_exit();
    if (choice == 1 && f->depth < DEPTH_MAX)
        return do_call(f);
    if (choice == 2) {
        model_schedule(running, integer(live.n));
        return ListTasks(infos, LIVE_MAX);
    }
    if (choice <= 4) {
        model_schedule(running, none());
        return Yield();
    }
    model_schedule(running, integer(running));
    return GetTid();
}

/* F ends: the task does, or goes on in who has called. */
static struct value last_words(const struct frame *f)
{
    struct value result = any_result();

    if (f->depth == 0) {
        model_exit(running, true, result);
        return result;
    }
    n_frames--;
    known[running].n_frames--;
    known[running].bad &= ~(1U << f->depth);
    known[running].sent = result;
    return result;
}

static char deadlock[256]; /* what it must say; empty: there is none */

/* Ends all tasks, in the order of their numbers. */
static void model_end_all(void)
{
    while (live.n > 0)
        model_exit(live.tids[0], false, none());
}

/* After an operation: if nobody is ready and some wait, the scheduler ends them. */
static void model_settle(void)
{
    size_t len = 0;

    if (running != 0 || ready.n > 0 || live.n == 0)
        return;
    for (int i = 0; i < live.n && i < 2; i++)
        len += (size_t)snprintf(deadlock + len, sizeof deadlock - len,
                                "%s task %ld waits for task %ld", i == 0 ? "deadlock:" : ",",
                                live.tids[i], known[live.tids[i]].waits_for);
    if (live.n > 2)
        len += (size_t)snprintf(deadlock + len, sizeof deadlock - len, ", and %d more", live.n - 2);
    snprintf(deadlock + len, sizeof deadlock - len, "\n");
    model_end_all();
}

static struct value frame_body(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, GOT_BARE)
    for (;;) {
        n_operations++;
        if (n_operations >= ends_at || any(100) < weight_end) {
            sent = last_words(f);
            model_settle();
            if (sent.tag == ERROR)
                RAISE(sent);
            RETURN(sent);
        }
        if (any(10) == 0) {
            model_schedule(running, none());
            YIELD_FINALLY(GOT_BARE, f->got, text("no system call"));
        } else {
            sent = any_call(f);
            model_settle();
            AWAIT_FINALLY(GOT, f->got, sent);
        }
        if (f->got.tag == ERROR &&
            (f->got.code == GENERATOR_EXIT || f->got.code == CLEANUP_FAILED)) {
            cleanups++;
            RAISE(f->bad ? error(CLEANUP_FAILED, "") : f->got);
        }
        same(f->got, known[running].sent, "what it got");
    }
    END
}

/* --- rounds */

/* Looks whether EXPECTED has been printed. FILE stands in place of stdout. */
static void check_said(int file, const char *expected)
{
    char line[sizeof deadlock] = "";

    fflush(stdout);
    if (pread(file, line, sizeof line - 1, 0) == -1 || ftruncate(file, 0) == -1 ||
        lseek(file, 0, SEEK_SET) == -1)
        exit(2);
    if (strcmp(line, expected) != 0)
        fail("it says '%s' in place of '%s'", line, expected);
}

static void open_both(void)
{
    sched_open(&sched);
    sched.on_switch = see_switch;
    sched.on_end = see_end;
    sched.on_failure = see_failure;
    last_tid = 0;
}

static void make_tasks(int n)
{
    while (n-- > 0)
        if (sched_new(&sched, make_task()) != last_tid)
            fail("another number than %ld", last_tid);
}

/* Some begin; each time all have ended. */
static void play_round(int file)
{
    bool all_ended;

    tasks_max = any(2) == 0 ? 2 + any(8) : 2 + any(LIVE_MAX - 1);
    weight_new = 1 + any(10);
    weight_end = any(6);
    weight_kill = any(6);
    weight_wait = any(6);
    ends_at = n_operations + 1 + any(4000);
    deadlock[0] = '\0';
    make_tasks(1 + any(tasks_max));
    all_ended = sched_main_loop(&sched);
    if (live.n > 0 || all_ended != (deadlock[0] == '\0'))
        fail("%d tasks are left", live.n);
    check();
    check_said(file, deadlock);
}

int main(int argc, char **argv)
{
    FILE *file = tmpfile();
    int out = dup(STDOUT_FILENO);

    seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    if (file == NULL || out == -1 || dup2(fileno(file), STDOUT_FILENO) == -1)
        return 2;
    open_both();
    while (n_operations < N_OPERATIONS) {
        play_round(fileno(file));
        if (any(3) > 0)
            continue;
        make_tasks(any(3)); /* and they never run */
        model_end_all();
        sched_close(&sched);
        if (n_told != n_notes || frames_made != frames_dropped)
            fail("somebody is left behind sched_close()");
        n_told = n_notes = 0;
        open_both();
    }
    sched_close(&sched);
    fclose(file);
    dup2(out, STDOUT_FILENO);
    close(out);
    printf("100000 operations, and the scheduler did what the model does\n");
    return 0;
}
