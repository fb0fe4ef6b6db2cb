/* tasks.h - what the benchmarks of step 6 have in common. */
#ifndef TASKS_H
#define TASKS_H

#include "../../step06_scheduler/await.h"
#include "../../step06_scheduler/sched.h"
#include "../../step06_scheduler/syscall.h"

#include "measure.h"

static struct sched sched;

/* Runs all tasks to their end. */
static void run_sched(void)
{
    must(sched_main_loop(&sched), "tasks wait for ever");
    sched_close(&sched);
}

/* Makes a task, ready to run, whose frame has SIZE bytes. Returns the frame. */
static void *spawn(size_t size, const char *name, gen_body *body)
{
    struct gen *gen = gen_new(size, name, body, NULL);

    must(gen != NULL && sched_new(&sched, gen) != 0, "out of memory");
    return gen;
}

#endif
