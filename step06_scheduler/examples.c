/* examples.c - the demos: tasks that cook, do the laundry, and call the system. */
#define _POSIX_C_SOURCE 200809L

#include "examples.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gen.h"
#include "sched.h"
#include "support/story.h"
#include "syscall.h"

static struct sched sched; /* of the demo that runs */

const struct option *watch_option;

/* --- what the scheduler tells */

/* Puts the lanes of the timeline into the states of their tasks. The one that runs is seen to run
 * when it prints something. */
static void set_lanes(void)
{
    for (struct task *task = sched_next(&sched, NULL); task != NULL;
         task = sched_next(&sched, task))
        if (task->state != TASK_RUNNING)
            story_lane((int)task->tid, task->state == TASK_READY ? QUEUED : WAITING);
}

static void draw_queues(const struct task *running)
{
    say("       | runs %ld | ready", running->tid);
    for (struct link *link = sched.ready.next; link != &sched.ready; link = link->next)
        say(" %ld", ((struct task *)link)->tid);
    say(" | waiting");
    for (struct task *task = sched_next(&sched, NULL); task != NULL;
         task = sched_next(&sched, task))
        if (task->state == TASK_WAITING)
            say(" %ld for %ld", task->tid, task->waits_for->tid);
    say("\n");
}

static void see_switch(const struct sched *of, const struct task *task)
{
    (void)of;
    set_lanes();
    if (watch_option != NULL && watch_option->value != NULL)
        draw_queues(task);
}

static void see_end(const struct task *task)
{
    set_lanes(); /* in a deadlock there is no switch that would */
    story_print((int)task->tid, "Task %ld terminated", task->tid);
    story_lane((int)task->tid, GONE);
}

static void see_failure(const struct task *task, struct value error)
{
    story_print((int)task->tid, "Task %ld failed: %s", task->tid, error.text);
}

/* --- tasks */

/* What the running task prints. */
#define print(...) story_print((int)sched.running->tid, __VA_ARGS__)

/* The frame of all of them. */
struct work {
    struct gen gen;
    const char *name;
    long lines; /* how many it prints */
    long done;
    long child; /* the task that it has made, or waits for */
    struct value got;
};

/* For demos, in which lack of memory is no subject. */
static void *made(void *gen)
{
    if (gen == NULL)
        die("out of memory");
    return gen;
}

/* Makes a generator that does BODY's work. */
static struct gen *work(gen_body *body, const char *name, long lines)
{
    struct work *f = made(gen_new(sizeof *f, name, body, NULL));

    f->name = name;
    f->lines = lines;
    return &f->gen;
}

/* Makes a task of TARGET. */
static void start(struct gen *target)
{
    if (sched_new(&sched, target) == 0)
        die("out of memory");
}

/* Begins a demo: a scheduler without a task. */
static void begin(const char *headline)
{
    story_begin("task %d", headline);
    sched_open(&sched);
    sched.on_switch = see_switch;
    sched.on_end = see_end;
    sched.on_failure = see_failure;
}

/* Runs the tasks to their end, and shows who ran when. */
static void run_all(void)
{
    sched_main_loop(&sched);
    sched_close(&sched);
    story_timeline();
    story_end();
}

/* Prints its lines, and lets the others go first after each. */
static struct value chore_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < f->lines; f->done++) {
        print("I am %s", f->name);
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

void show_multitask(void)
{
    begin("multitask: two tasks, each of which yields after each line");
    start(work(chore_body, "cooking", 10));
    start(work(chore_body, "doing the laundry", 5));
    run_all();
    say("  Nobody stops a task: it yields, and the scheduler takes the next one from the\n"
        "  ready queue.\n\n");
}

/* The same, but asks before each line for its number. */
static struct value numbered_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID)
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}

void show_gettid(void)
{
    begin("gettid: a system call, which asks the scheduler for the caller's number");
    start(work(numbered_body, "doing the laundry", 5));
    start(work(numbered_body, "cooking", 10));
    run_all();
    say("  A system call is a yield as well, so after it the others go first.\n\n");
}

/* Makes foo, and prints its lines beside it. */
static struct value maker_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID)
    AWAIT(GOT_CHILD, f->got, New(work(numbered_body, "foo", 5)));
    print("create a new task,the tid of the new task is %ld", f->got.integer);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}

void show_new(void)
{
    begin("new: bar makes another task, foo");
    start(work(maker_body, "bar", 10));
    run_all();
    say("  The new task is put at the tail of the ready queue, and then its maker.\n\n");
}

/* Prints its lines with its number, and cleans up when it is closed. */
static struct value tidy_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID)
    for (; f->done < f->lines; f->done++) {
        AWAIT_FINALLY(GOT_TID, f->got, GetTid());
        if (f->got.tag == ERROR) {
            print("%s cleans up", f->name);
            RAISE(f->got);
        }
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    RETURN(none());
    END
}

/* The same, but after two lines it kills foo. */
static struct value killer_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID, KILLED)
    AWAIT(GOT_CHILD, f->got, New(work(tidy_body, "foo", 5)));
    f->child = f->got.integer;
    print("create a new task,the tid of the new task is %ld", f->child);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
        if (f->done == 1) {
            AWAIT(KILLED, f->got, Kill(f->child));
            print("killed success");
        }
    }
    RETURN(none());
    END
}

void show_kill(void)
{
    begin("kill: the same, but after two lines bar kills foo");
    start(work(killer_body, "bar", 10));
    run_all();
    say("  foo stood in the ready queue. It was closed where it paused: it cleaned up.\n\n");
}

/* The same, but after its lines it waits for foo. */
static struct value waiter_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_CHILD, GOT_TID, CHILD_ENDED)
    AWAIT(GOT_CHILD, f->got, New(work(numbered_body, "foo", 5)));
    f->child = f->got.integer;
    print("create a new task,the tid of the new task is %ld", f->child);
    for (; f->done < f->lines; f->done++) {
        AWAIT(GOT_TID, f->got, GetTid());
        print("I am %s,my tid is %ld", f->name, f->got.integer);
    }
    AWAIT_CATCH(CHILD_ENDED, f->got, Wait(f->child));
    if (f->got.tag == ERROR)
        print("wait for %ld: %s", f->child, f->got.text);
    print("stop bar");
    RETURN(none());
    END
}

void show_wait(void)
{
    begin("wait: bar waits for foo, which still runs");
    start(work(waiter_body, "bar", 2));
    run_all();
    begin("      and for foo, which has ended already");
    start(work(waiter_body, "bar", 10));
    run_all();
    say("  A task that waits does not stand in the ready queue: it costs nothing until it\n"
        "  is woken.\n\n");
}

/* Three levels, each of which makes system calls. */
static struct value inner_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID, ENDED_TOO)
    AWAIT(GOT_TID, f->got, GetTid());
    print("inner: my tid is %ld, and I wait for task %ld", f->got.integer, f->child);
    AWAIT(ENDED_TOO, f->got, Wait(f->child));
    RETURN(text("what inner returns"));
    END
}

static struct value middle_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;
    struct gen *inner;

    BEGIN(GOT_CHILD, GOT_RESULT)
    AWAIT(GOT_CHILD, f->got, New(work(chore_body, "cooking", 2)));
    print("middle: I have made task %ld", f->got.integer);
    inner = work(inner_body, "inner", 0);
    ((struct work *)inner)->child = f->got.integer;
    AWAIT(GOT_RESULT, f->got, generator(inner));
    RETURN(f->got);
    END
}

static struct value outer_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GOT_TID, GOT_RESULT)
    AWAIT(GOT_TID, f->got, GetTid());
    print("outer: my tid is %ld", f->got.integer);
    AWAIT(GOT_RESULT, f->got, generator(work(middle_body, "middle", 0)));
    print("outer: got %s", f->got.text);
    RETURN(none());
    END
}

void show_subroutine(void)
{
    begin("subroutine: a task that calls, three levels deep, and each makes system calls");
    start(work(outer_body, "outer", 0));
    run_all();
    say("  The scheduler knows nothing of the levels: a system call goes out through all\n"
        "  of them, and its result comes back to where it was made.\n\n");
}

/* Lists all tasks. */
static struct value ps_body(struct gen *gen, struct value sent)
{
    static const char *const names[] = {
        [TASK_READY] = "ready", [TASK_RUNNING] = "running", [TASK_WAITING] = "waits for task"};
    static struct task_info infos[8];
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON, GOT_LIST)
    YIELD(GO_ON, f->got, none()); /* until the others have begun to wait */
    AWAIT(GOT_LIST, f->got, ListTasks(infos, 8));
    for (long i = 0; i < f->got.integer; i++) {
        if (infos[i].waits_for == 0)
            print("  task %ld %s", infos[i].tid, names[infos[i].state]);
        else
            print("  task %ld %s %ld", infos[i].tid, names[infos[i].state], infos[i].waits_for);
    }
    RETURN(none());
    END
}

/* Waits for another task, and prints nothing. */
static struct value follower_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(IT_ENDED)
    AWAIT(IT_ENDED, f->got, Wait(f->child));
    RETURN(none());
    END
}

static struct gen *follower(long tid)
{
    struct gen *gen = work(follower_body, "follower", 0);

    ((struct work *)gen)->child = tid;
    return gen;
}

void show_ps(void)
{
    begin("ps: a task that asks for a list of all tasks");
    start(work(chore_body, "cooking", 3));
    start(follower(1));
    start(follower(2));
    start(work(ps_body, "ps", 0));
    run_all();
    say("  Work has a number now: it can be listed, waited for and killed.\n\n");
}

/* --- errors: tasks that do what they are told to, step by step */

enum what { KILL, WAIT, YIELD_ONCE, FAIL, STOP };

struct order {
    enum what what;
    long tid;
};

struct obedient {
    struct gen gen;
    const struct order *order;
    struct value got;
};

static struct value obey(const struct order *order)
{
    if (order->what == KILL)
        return Kill(order->tid);
    return order->what == WAIT ? Wait(order->tid) : Yield();
}

static struct value obedient_body(struct gen *gen, struct value sent)
{
    struct obedient *f = (struct obedient *)gen;

    BEGIN(DONE)
    for (; f->order->what != STOP; f->order++) {
        if (f->order->what == FAIL)
            RAISE(error(RUNTIME_ERROR, "as it was told to"));
        if (f->order->what != YIELD_ONCE)
            print("%s %ld ...", f->order->what == KILL ? "kill" : "wait for", f->order->tid);
        AWAIT_CATCH(DONE, f->got, obey(f->order));
        if (f->order->what != YIELD_ONCE)
            print("... %s", f->got.tag == ERROR ? f->got.text : "done");
    }
    RETURN(none());
    END
}

static struct gen *obedient(const struct order *orders)
{
    struct obedient *f = made(gen_new(sizeof *f, "obedient", obedient_body, NULL));

    f->order = orders;
    return &f->gen;
}

/* Runs two tasks that do what A and B say. */
static void run_two(const char *headline, const struct order *a, const struct order *b)
{
    begin(headline);
    start(obedient(a));
    start(obedient(b));
    run_all();
}

void show_errors(void)
{
    static const struct order rest[] = {{YIELD_ONCE, 0}, {YIELD_ONCE, 0}, {STOP, 0}};
    static const struct order stop[] = {{STOP, 0}};
    static const struct order kill_itself[] = {{KILL, 1}, {STOP, 0}};
    static const struct order kill_nobody[] = {{KILL, 99}, {YIELD_ONCE, 0}, {KILL, 2}, {STOP, 0}};
    static const struct order wait_for_1[] = {{WAIT, 1}, {STOP, 0}};
    static const struct order wait_for_2[] = {{WAIT, 2}, {STOP, 0}};
    static const struct order kill_2_later[] = {{YIELD_ONCE, 0}, {KILL, 2}, {STOP, 0}};
    static const struct order fail[] = {{FAIL, 0}};

    run_two("errors: task 1 kills itself, and is not heard of again", kill_itself, rest);
    run_two("        task 1 kills a task that never was, and one that has ended", kill_nobody,
            stop);
    run_two("        task 1 kills task 2, which waits for it", kill_2_later, wait_for_1);
    run_two("        task 1 waits for itself", wait_for_1, stop);
    run_two("        task 1 fails, and task 2 goes on", fail, rest);
    run_two("        each waits for the other", wait_for_2, wait_for_1);
    say("  The deadlock was noticed because nobody was ready: both tasks were closed.\n\n");
}

/* --- limit */

/* Starts a child that writes into a pipe after MS. Returns the end to read from. */
static int start_slow_writer(long ms, pid_t *child)
{
    const struct timespec delay = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    int fds[2];

    fflush(NULL);
    if (pipe(fds) == -1 || (*child = fork()) == -1)
        die("cannot start a child: %s", strerror(errno));
    if (*child == 0) {
        nanosleep(&delay, NULL);
        _exit(write(fds[1], "hello", 5) == 5 ? 0 : 1);
    }
    close(fds[1]);
    return fds[0];
}

static struct value alive_body(struct gen *gen, struct value sent)
{
    struct work *f = (struct work *)gen;

    BEGIN(GO_ON)
    for (; f->done < f->lines; f->done++) {
        print("I'm alive!");
        YIELD(GO_ON, f->got, none());
    }
    RETURN(none());
    END
}

/* Reads from a pipe as one reads in C. */
static struct value reader_body(struct gen *gen, struct value sent)
{
    char word[8] = "";
    pid_t child;
    ssize_t n;
    long began;
    int fd;

    BEGIN()
    began = story_ms();
    fd = start_slow_writer(story_delay(300), &child);
    print("I read from a pipe");
    story_lane((int)sched.running->tid, BLOCKED);
    do
        n = read(fd, word, sizeof word - 1);
    while (n == -1 && errno == EINTR);
    print("I have read: %s, and nobody was alive for %ld ms", word, story_ms() - began);
    close(fd);
    while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
        ;
    RETURN(none());
    END
}

void show_limit(void)
{
    begin("limit: a task reads from a pipe that is empty for 300 ms");
    start(work(alive_body, "alive", 5));
    start(work(reader_body, "reader", 0));
    run_all();
    say("  read() does not yield: it blocks the only thread, and the scheduler with it.\n"
        "  In step 7 a task can wait for a descriptor.\n\n");
}
