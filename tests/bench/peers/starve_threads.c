/* starve_threads.c - prints a line "threads_starved MS": one thread computes for 200 ms, and
 * another on the same core wants to run each ms: its longest wait. */
#define _GNU_SOURCE /* for sched_setaffinity() */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "../measure.h"

enum { COMPUTE_NS = 200000000 };

static atomic_bool ended;

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void *compute(void *unused)
{
    struct timespec from;

    (void)unused;
    sleep_ms(20);
    clock_gettime(CLOCK_MONOTONIC, &from);
    while (ns_since(from) < COMPUTE_NS)
        ;
    ended = true;
    return NULL;
}

/* Lets all threads run on one of the cores alone. */
static void stay_on_one(void)
{
    cpu_set_t all, one;
    int core = 0;

    CPU_ZERO(&one);
    must(sched_getaffinity(0, sizeof all, &all) == 0, "no cores");
    while (!CPU_ISSET(core, &all))
        core++;
    CPU_SET(core, &one);
    must(sched_setaffinity(0, sizeof one, &one) == 0, "cannot stay on one core");
}

int main(void)
{
    struct timespec from;
    pthread_t thread;
    double longest = 0;

    stay_on_one();
    must(pthread_create(&thread, NULL, compute, NULL) == 0, "cannot start a thread");
    while (!ended) {
        double ns;

        clock_gettime(CLOCK_MONOTONIC, &from);
        sleep_ms(1);
        ns = ns_since(from);
        longest = ns > longest ? ns : longest;
    }
    pthread_join(thread, NULL);
    printf("threads_starved %.3f\n", longest / 1e6);
    return 0;
}
