/* sched.c - tests of tasks, the scheduler and its system calls (step 6 on). Prints what happens.
 * With a word, it makes a system call that is wrong, and the scheduler must stop the program by
 * name. Is built with malloc called scarce_malloc. */
#define _POSIX_C_SOURCE 200809L

#include "await.h"
#include "sched.h"
#include "syscall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INFOS = 4 };

static struct sched sched;

/* --- memory */

static int mallocs_left = -1; /* until one fails; negative: none does */

void *scarce_malloc(size_t size);

void *scarce_malloc(size_t size)
{
    if (mallocs_left > 0 && --mallocs_left == 0) {
        mallocs_left = -1;
        return NULL;
    }
    return realloc(NULL, size);
}

/* --- system calls of the test's own */

/* One with an argument of its own: gives the caller's number, and MUCH more. */
struct add {
    struct syscall call;
    long much;
};

static void handle_add(struct syscall *call)
{
    const struct add *add = (const struct add *)call;

    sched_schedule(call->sched, call->task, integer(call->task->tid + add->much));
}

static struct value add(long much)
{
    struct value call = syscall_new(sizeof(struct add), handle_add, none());

    if (call.tag == SYSCALL)
        ((struct add *)call.syscall)->much = much;
    return call;
}

/* One that is a Kill the other way round: its caller is scheduled first. */
static void handle_end(struct syscall *call)
{
    sched_schedule(call->sched, call->task, none());
    sched_exit(call->sched, sched_find(call->sched, call->arg.integer), integer(42));
}

static void handle_twice(struct syscall *call)
{
    sched_schedule(call->sched, call->task, none());
    sched_schedule(call->sched, call->task, none());
}

static void handle_nothing(struct syscall *call)
{
    (void)call;
}

static void handle_waits_and_runs(struct syscall *call)
{
    sched_wait(call->sched, call->task, sched_find(call->sched, 2));
    sched_schedule(call->sched, call->task, none());
}

static void handle_runs_and_waits(struct syscall *call)
{
    sched_schedule(call->sched, call->task, none());
    sched_wait(call->sched, call->task, sched_find(call->sched, 2));
}

static void handle_wakes(struct syscall *call)
{
    sched_wake(call->sched, call->task, none());
}

/* --- actors: tasks that do what the words of their part say */

struct actor {
    struct gen gen;
    char name;
    int depth;         /* 0 for the task's own generator, 1 for the one that it calls, ... */
    const char *words; /* those that are left, the present one first */
    bool bad;          /* its cleanup raises */
    bool stubborn;     /* closed for the first time, it says its next word */
    struct task_info infos[INFOS];
    struct value got;
};

static const char *const *parts; /* of the play: that of a, of b, ... */
static int n_made, n_dropped;

/* Whether the present word of F is WORD, or WORD with a number. */
static bool is(const struct actor *f, const char *word)
{
    size_t len = strlen(word);

    return strncmp(f->words, word, len) == 0 && strchr(" :", f->words[len]) != NULL;
}

/* The number of the present word. */
static long number(const struct actor *f)
{
    const char *colon = strchr(f->words, ':');

    return colon == NULL ? 0 : strtol(colon + 1, NULL, 10);
}

static void next_word(struct actor *f)
{
    f->words += strcspn(f->words, " ");
    f->words += strspn(f->words, " ");
}

/* Begins a line that says who. */
static void who(const struct actor *f)
{
    printf("  %c%.*s ", f->name, f->depth, "''''");
}

static void show(const char *what, struct value value)
{
    if (value.tag == ERROR)
        printf("%s raises %s\n", what, value.code == GENERATOR_EXIT ? "GeneratorExit" : value.text);
    else if (value.tag == INTEGER)
        printf("%s %ld\n", what, value.integer);
    else
        printf("%s %s\n", what, value.tag == NONE ? "none" : value.text);
}

static struct value actor_body(struct gen *gen, struct value sent);

static void actor_drop(struct gen *gen)
{
    n_dropped++;
    who((struct actor *)gen);
    printf("is dropped\n");
}

static struct actor *make(char name, int depth, const char *words)
{
    struct actor *f = gen_new(sizeof *f, "actor", actor_body, actor_drop);

    if (f == NULL)
        exit(2);
    n_made++;
    f->name = name;
    f->depth = depth;
    f->words = words;
    return f;
}

/* The actor whose part is that of NAME. */
static struct gen *actor(char name)
{
    const char *words = parts[name - 'a'];

    return &make(name, 0, words + (strncmp(words, "later ", 6) == 0 ? 6 : 0))->gen;
}

static struct value own_call(const struct actor *f)
{
    static const struct {
        const char *word;
        void (*handle)(struct syscall *call);
    } calls[] = {{"end", handle_end},
                 {"twice", handle_twice},
                 {"nothing", handle_nothing},
                 {"waits_and_runs", handle_waits_and_runs},
                 {"runs_and_waits", handle_runs_and_waits},
                 {"wakes", handle_wakes}};

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (is(f, calls[i].word))
            return syscall_new(sizeof(struct syscall), calls[i].handle, integer(number(f)));
    fprintf(stderr, "what is %s?\n", f->words);
    exit(2);
}

/* What F awaits for its present word. */
static struct value to_await(struct actor *f)
{
    if (is(f, "get_tid"))
        return GetTid();
    if (is(f, "pause"))
        return Yield();
    if (is(f, "new"))
        return New(actor((char)('a' + number(f))));
    if (is(f, "new_nobody"))
        return New(NULL);
    if (is(f, "kill"))
        return Kill(number(f));
    if (is(f, "wait"))
        return Wait(number(f));
    if (is(f, "exit"))
        return Exit(integer(number(f)));
    if (is(f, "exit_text"))
        return Exit(text("a text"));
    if (is(f, "exit_error"))
        return Exit(error(RUNTIME_ERROR, "what it gave to Exit"));
    if (is(f, "exit_actor"))
        return Exit(generator(actor((char)('a' + number(f)))));
    if (is(f, "exit_call"))
        return Exit(Kill(number(f)));
    if (is(f, "exit_new"))
        return Exit(New(actor((char)('a' + number(f)))));
    if (is(f, "list"))
        return ListTasks(f->infos, number(f));
    if (is(f, "add"))
        return add(number(f));
    if (is(f, "call"))
        return generator(&make(f->name, f->depth + 1, strchr(f->words, ' ') + 1)->gen);
    return own_call(f);
}

/* What F merely yields for its present word. */
static struct value to_yield(const struct actor *f)
{
    if (is(f, "yield_text"))
        return text("no system call");
    if (is(f, "yield_actor"))
        return generator(actor((char)('a' + number(f))));
    return none();
}

/* Says what has come of the present word. */
static void report(const struct actor *f)
{
    char what[32];

    snprintf(what, sizeof what, "%.*s:", (int)strcspn(f->words, " "), f->words);
    who(f);
    show(what, f->got);
    for (long i = 0; is(f, "list") && f->got.tag == INTEGER && i < f->got.integer; i++)
        printf("    task %ld is %s, waits for %ld\n", f->infos[i].tid,
               f->infos[i].state == TASK_READY     ? "ready"
               : f->infos[i].state == TASK_RUNNING ? "running"
               : f->infos[i].state == TASK_WAITING ? "waiting"
                                                   : "new",
               f->infos[i].waits_for);
}

static struct value actor_body(struct gen *gen, struct value sent)
{
    struct actor *f = (struct actor *)gen;

    BEGIN(GOT, GOT_BARE)
    who(f);
    printf("begins\n");
    for (; *f->words != '\0'; next_word(f)) {
        if (is(f, "return"))
            RETURN(integer(number(f)));
        if (is(f, "return_got") && f->got.tag == ERROR)
            RAISE(f->got);
        if (is(f, "return_got"))
            RETURN(f->got);
        if (is(f, "return_actor"))
            RETURN(generator(actor((char)('a' + number(f)))));
        if (is(f, "raise"))
            RAISE(error(VALUE_ERROR, "what it raised"));
        if (is(f, "bad")) {
            f->bad = true;
            continue;
        }
        if (is(f, "stubborn")) {
            f->stubborn = true;
            continue;
        }
        if (is(f, "scarce")) {
            mallocs_left = (int)number(f);
            continue;
        }
        if (strncmp(f->words, "yield", 5) == 0)
            YIELD_FINALLY(GOT_BARE, f->got, to_yield(f));
        else
            AWAIT_FINALLY(GOT, f->got, to_await(f));
        if (f->got.tag == ERROR && f->got.code == GENERATOR_EXIT && f->stubborn) {
            f->stubborn = false;
        } else if (f->got.tag == ERROR && f->got.code == GENERATOR_EXIT) {
            who(f);
            printf("cleans up\n");
            RAISE(f->bad ? error(RUNTIME_ERROR, "what its cleanup raised") : f->got);
        }
        report(f);
        if (is(f, "call") && f->got.tag == ERROR)
            RAISE(f->got);
        if (is(f, "call"))
            RETURN(f->got);
    }
    RETURN(none());
    END
}

/* --- plays */

static void see_switch(const struct sched *of, const struct task *task)
{
    if (of != &sched || of->running != task || task->state != TASK_RUNNING)
        printf("  FAILED: task %ld does not run\n", task->tid);
}

static void see_end(const struct task *task)
{
    printf("  task %ld ended%s\n", task->tid,
           sched_find(&sched, task->tid) == NULL ? "" : ", and is there");
}

static void see_failure(const struct task *task, struct value failure)
{
    printf("  task %ld failed: %s\n", task->tid, failure.text);
}

static void open_with(const char *headline, const char *const *of)
{
    printf("%s\n", headline);
    parts = of;
    n_made = 0;
    n_dropped = 0;
    sched_open(&sched);
    sched.on_switch = see_switch;
    sched.on_end = see_end;
    sched.on_failure = see_failure;
    for (int i = 0; parts[i] != NULL; i++)
        if (strncmp(parts[i], "later ", 6) != 0)
            sched_new(&sched, actor((char)('a' + i)));
}

/* Runs the tasks, and looks whether all is back where it was. */
static void run_all(void)
{
    printf("  all ended: %s", sched_main_loop(&sched) ? "yes" : "no");
    printf("; %zu tasks left, %d frames made, %d dropped\n", sched.n_tasks, n_made, n_dropped);
    if (sched.running != NULL || sched_next(&sched, NULL) != NULL)
        printf("  FAILED: somebody is left\n");
}

/* Plays a play with these PARTS, the first for task 1; one that begins with "later" waits until
 * somebody calls new:0 (part a), new:1 (part b), ... */
#define PLAY(headline, ...)                                                                        \
    do {                                                                                           \
        static const char *const its_parts[] = {__VA_ARGS__, NULL};                                \
        open_with(headline, its_parts);                                                            \
        run_all();                                                                                 \
        sched_close(&sched);                                                                       \
    } while (0)

static void play_order(void)
{
    PLAY("a yield, GetTid, Yield: the caller goes behind the others", "yield get_tid pause",
         "get_tid pause yield");
    PLAY("New: the new one first, then its maker", "new:2 get_tid", "yield yield",
         "later get_tid yield");
    PLAY("New, from the new one again", "new:1", "later new:2 new:2", "later get_tid");
    PLAY("Kill: who waited for the victim goes before the killer", "pause kill:2", "wait:3",
         "wait:1", "wait:2", "wait:2");
    PLAY("Wait: those who waited go on in the order in which they came, behind the ready ones",
         "pause pause exit:1", "wait:1 get_tid", "wait:1", "pause pause pause pause");
    PLAY("a yield of what is no system call", "yield_text yield_actor:1 get_tid", "later get_tid");
    PLAY("a system call of the test's own", "add:5 add:-1", "add:40");
}

static void play_results(void)
{
    PLAY("a result for each who waits", "yield return:7", "wait:1", "call wait:1 return_got",
         "wait:1");
    PLAY("none is a result", "yield", "wait:1");
    PLAY("a result of 0 is a result", "yield return:0", "wait:1");
    PLAY("what is given to Exit at depth 3", "call call call pause exit:8", "wait:1",
         "call wait:1 return_got");
    PLAY("a text", "pause exit_text", "wait:1");
    PLAY("what it raised is raised in each who waits", "yield call raise", "wait:1",
         "call wait:1 return_got", "wait:1 get_tid");
    PLAY("an error that is given to Exit", "pause exit_error", "wait:1");
    PLAY("none for who waited for a killed one", "pause kill:2", "pause pause return:7", "wait:2");
    PLAY("what can have one owner only goes to nobody", "pause return_actor:4",
         "pause exit_actor:4", "pause exit_call:4", "wait:1 wait:2 wait:3", "later get_tid");
    PLAY("a New that nobody makes gives back what it was given", "pause exit_new:2", "wait:1",
         "later get_tid");
    PLAY("one that wakes waits again", "pause exit:1", "pause pause pause exit:2",
         "wait:1 wait:2 wait:1");
}

static void play_wait(void)
{
    PLAY("Wait for oneself, for nobody, for one that has ended",
         "wait:1 wait:0 wait:-1 wait:3 wait:99 wait:65 pause wait:2", "return:7");
}

static void play_kill(void)
{
    PLAY("Kill of oneself", "call kill:1 get_tid", "wait:1");
    PLAY("Kill of nobody, of one that has ended",
         "kill:0 kill:-1 kill:3 kill:66 pause kill:2 kill:2", "return:7");
    PLAY("Kill of one that is ready", "pause kill:2 pause", "call pause pause pause", "pause");
    PLAY("Kill of one that never ran", "kill:3 kill:2 kill:4", "get_tid", "call get_tid", "pause");
    PLAY("Kill of one that waits: who it waited for ends, and nothing happens",
         "pause kill:2 pause pause", "call wait:3", "pause pause pause pause return:7", "wait:3");
    PLAY("Kill of the first, the middle and the last of those who wait",
         "pause kill:2 kill:4 kill:6 pause exit:9", "wait:1", "wait:1", "wait:1", "wait:1",
         "wait:1");
    PLAY("Kill of one that waits for the killer", "pause kill:2 exit:7", "wait:1");
    PLAY("Kill of one that was woken and did not go on yet", "pause return:7", "wait:1 get_tid",
         "pause kill:2");
    PLAY("a cleanup that raises is reported, and who waits gets none", "pause kill:2",
         "call bad pause", "wait:2");
    PLAY("a cleanup that raises, at Exit: the result is the result", "bad pause exit:7", "wait:1");
    PLAY("a cleanup that raises, in one that kills itself", "bad kill:1", "wait:1");
    PLAY("a system call in a cleanup is not made, and reported", "pause kill:2",
         "stubborn pause kill:1", "wait:2");
    PLAY("a system call may end another behind its caller", "pause end:2", "pause pause", "wait:2");
}

static void play_memory(void)
{
    PLAY("New without memory: for the call, for the task; for nobody",
         "scarce:2 new:1 scarce:3 new:1 new_nobody new:1", "later get_tid");
    PLAY("others without memory",
         "scarce:1 kill:2 scarce:1 wait:2 scarce:1 list:2 scarce:1 exit:3"
         " scarce:2 exit_actor:2 get_tid",
         "return:7", "later get_tid");
}

static void play_list(void)
{
    PLAY("a list in the order of the numbers, with states; of MOST at most",
         "pause list:4 list:2 list:0 new:4 kill:3 pause list:4", "wait:3", "wait:1",
         "pause pause pause pause pause pause pause pause", "later pause");
}

static void play_deadlock(void)
{
    PLAY("a deadlock of two", "wait:2", "call wait:1");
    PLAY("a deadlock of three", "wait:2", "wait:3", "wait:1");
    PLAY("a deadlock of four, and a fifth that ended", "wait:3", "return:1", "wait:4", "wait:5",
         "wait:1");
    PLAY("one who waits for one who waits", "return:1", "wait:3", "wait:4", "wait:3", "bad wait:2");
}

static void play_again(void)
{
    static const char *const its_parts[] = {"new:2 wait:3", "get_tid", "later pause get_tid", NULL};

    open_with("one scheduler, twice: no number is used again", its_parts);
    run_all();
    printf("  new task %ld\n", sched_new(&sched, actor('b')));
    run_all();
    printf("  new task %ld\n", sched_new(&sched, actor('b')));
    printf("  new task %ld\n", sched_new(&sched, actor('b')));
    printf("  closing it\n");
    sched_close(&sched);
    printf("  %d frames made, %d dropped\n", n_made, n_dropped);

    printf("nothing to run\n");
    sched_open(&sched);
    run_all();
    sched_close(&sched);

    printf("without anybody to tell\n");
    sched_open(&sched);
    parts = (const char *const[]){"pause raise", "wait:1", NULL};
    sched_new(&sched, actor('a'));
    sched_new(&sched, actor('b'));
    run_all();
    sched_close(&sched);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1) {
        const char *const wrong[] = {argv[1], "pause pause pause", NULL};

        open_with(argv[1], wrong);
        run_all();
        return 0;
    }
    play_order();
    play_results();
    play_wait();
    play_kill();
    play_memory();
    play_list();
    play_deadlock();
    play_again();
    return 0;
}
