/* crowd.c - measures many tasks of step 6 that are alive at once, beside a hundred.
 *
 *     crowd N
 *
 * Prints lines, for N tasks, and those with a name that ends in _100 for a hundred:
 *
 *     task_b B own O       the bytes of a task, page tables and the whole map counted, besides O of
 *                          its own variables; nothing where there is no /proc
 *     resident_mb MB       all that was resident at most until then: when all were made, and had
 *                          run ten times
 *     made NS              to make one, in memory that the kernel has yet to give
 *     switch_100 NS        a bare yield
 *     switch_ordered NS    the same, of N in the order in which they were made
 *     switch_shuffled NS   the same in a shuffled order
 *     gone_100 NS          looking for a task that is gone, by its number
 *     gone NS              the same among N
 *     found_100 NS         looking for one that is alive
 *     found NS             the same among N, in a shuffled order
 *     strided NS           the same among 10,000, of which each has a number that is a multiple of
 *                          1,024, because those between have ended
 *     ended NS             to end one of N, in a shuffled order
 *
 * NS is the time in ns, in the fastest of some passes over all; but made, switch_shuffled and ended
 * are of a single one. */
#define _POSIX_C_SOURCE 200809L

#include "tasks.h"

#include "memory.h"
#include "shuffle.h"

enum {
    FEW = 100,
    RUNS = 10,          /* of each of the crowd, in its order */
    FEW_PASSES = 10000, /* over a hundred tasks for one that counts */
    LOOKUPS = 100000,
    KEPT = 10000,
    STRIDE = 1024
};

static long crowd;          /* how many there are */
static bool going;          /* they go on */
static struct task **tasks; /* some of the crowd, in a shuffled order */
static long *tids;
static double before; /* the crowd was made: memory */
static struct timespec end_began;

/* One of the crowd. Its own variables are a value: 16 bytes on 64-bit machines. */
struct drifter {
    struct gen gen;
    struct value got;
};

static struct value drifter_body(struct gen *gen, struct value sent)
{
    struct drifter *f = (struct drifter *)gen;

    BEGIN(GOT)
    while (going)
        YIELD(GOT, f->got, none());
    RETURN(none());
    END
}

static void add_drifter(void)
{
    spawn(sizeof(struct drifter), "drifter", drifter_body);
}

static void least(double *fastest, double ns)
{
    if (*fastest == 0 || ns < *fastest)
        *fastest = ns;
}

static void print_ns(const char *what, double ns)
{
    printf(crowd == FEW ? "%s_100 %.3f\n" : "%s %.3f\n", what, ns);
}

static void print_memory(void)
{
    const size_t own = sizeof(struct drifter) - sizeof(struct gen);

    if (before <= 0)
        return;
    printf("task_b %.1f own %zu\n", (memory() - before) / (double)crowd - (double)own, own);
    printf("resident_mb %.0f\n", (double)status("VmHWM") * 1024 / 1e6);
}

/* Lets the numbers go on until they have come by each place of the map: all its memory is resident
 * then. */
static void touch_map(void)
{
    while ((size_t)sched.last_tid < sched.map_size) {
        add_drifter();
        sched_exit(&sched, sched_find(&sched, sched.last_tid), none());
    }
}

/* Puts the ready queue, in which all of the crowd stand, into a shuffled order. */
static void shuffle_crowd(void)
{
    struct link *tail = &sched.ready;
    long *order = malloc((size_t)crowd * sizeof *order), n = 0;

    tasks = malloc((size_t)crowd * sizeof(*tasks));
    must(tasks != NULL && order != NULL, "out of memory");
    for (struct link *link = sched.ready.next; link != &sched.ready; link = link->next) {
        order[n] = n;
        tasks[n++] = (struct task *)link;
    }
    must(n == crowd, "some of the crowd are not ready");
    shuffle(order, n);
    for (long i = 0; i < n; i++) {
        struct link *link = &tasks[order[i]]->link;

        tail->next = link;
        link->prev = tail;
        tail = link;
    }
    tail->next = &sched.ready;
    sched.ready.prev = tail;
    free(tasks);
    free(order);
}

/* The ns to look for one of N tasks, which are ALIVE or not. */
static double lookup_ns(long n, bool alive)
{
    double fastest = 0;

    for (int batch = 0; batch < 5; batch++) {
        struct timespec from;
        long found = 0, done = 0;

        clock_gettime(CLOCK_MONOTONIC, &from);
        for (; done < LOOKUPS; done += n)
            for (long i = 0; i < n; i++)
                found += sched_find(&sched, tids[i]) != NULL;
        least(&fastest, ns_since(from) / (double)done);
        must(found == (alive ? done : 0), "looking for a task is wrong");
    }
    return fastest;
}

/* Looks for some that are alive, and again when they are gone, and others have been made. */
static void look_for(void)
{
    const long n = crowd / 10 < LOOKUPS ? crowd / 10 : LOOKUPS;
    double found;
    long i = 0;

    tids = malloc((size_t)n * sizeof *tids);
    must(tids != NULL, "out of memory");
    for (struct link *link = sched.ready.next; i < n; link = link->next)
        tids[i++] = ((struct task *)link)->tid;
    shuffle(tids, n);
    found = lookup_ns(n, true);
    for (i = 0; i < n; i++) {
        sched_exit(&sched, sched_find(&sched, tids[i]), none());
        add_drifter();
    }
    print_ns("gone", lookup_ns(n, false));
    print_ns("found", found);
    free(tids);
}

/* Takes the time of each pass over the ready queue: the first task in it. */
struct conductor {
    struct gen gen;
    struct value got;
    struct timespec from;
    double ordered, shuffled;
    long i, pass, passes;
};

/* A pass of which the time counts. */
#define PASS(POINT, NS)                                                                            \
    do {                                                                                           \
        clock_gettime(CLOCK_MONOTONIC, &f->from);                                                  \
        for (f->pass = 0; f->pass < f->passes; f->pass++)                                          \
            YIELD(POINT, f->got, none());                                                          \
        least(NS, ns_since(f->from) / (double)f->passes / (double)(crowd + 1));                    \
    } while (0)

static struct value conductor_body(struct gen *gen, struct value sent)
{
    struct conductor *f = (struct conductor *)gen;

    BEGIN(STARTED, IN_ORDER, SHUFFLED)
    f->passes = crowd == FEW ? FEW_PASSES : 1;
    YIELD(STARTED, f->got, none());
    must(sched.n_tasks == (size_t)crowd + 1, "some of the crowd are gone");
    for (f->i = 1; f->i < RUNS; f->i++)
        PASS(IN_ORDER, &f->ordered);
    print_ns(crowd == FEW ? "switch" : "switch_ordered", f->ordered);
    if (crowd != FEW) {
        touch_map();
        print_memory();
        shuffle_crowd();
        PASS(SHUFFLED, &f->shuffled);
        print_ns("switch_shuffled", f->shuffled);
    }
    look_for();
    going = false;
    clock_gettime(CLOCK_MONOTONIC, &end_began);
    RETURN(none());
    END
}

static void measure_crowd(long n)
{
    struct timespec from;

    crowd = n;
    going = true;
    sched_open(&sched);
    spawn(sizeof(struct conductor), "conductor", conductor_body);
    before = memory();
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long i = 0; i < n; i++)
        add_drifter();
    print_ns("made", ns_since(from) / (double)n);
    must(sched_main_loop(&sched), "tasks wait for ever");
    print_ns("ended", ns_since(end_began) / (double)n);
    sched_close(&sched);
}

/* Keeps those whose number is a multiple of STRIDE. */
static void measure_strided(void)
{
    long n = 0;

    sched_open(&sched);
    tids = malloc(KEPT * sizeof *tids);
    must(tids != NULL, "out of memory");
    while (n < KEPT) {
        add_drifter();
        if (sched.last_tid % STRIDE == 0)
            tids[n++] = sched.last_tid;
        else
            sched_exit(&sched, sched_find(&sched, sched.last_tid), none());
    }
    shuffle(tids, n);
    printf("strided %.3f\n", lookup_ns(n, true));
    going = false;
    run_sched();
    free(tids);
}

int main(int argc, char **argv)
{
    long n = argc == 2 ? atol(argv[1]) : 0;

    must(n > FEW, "usage: crowd N");
    measure_crowd(FEW);
    measure_strided();
    measure_crowd(n);
    return 0;
}
