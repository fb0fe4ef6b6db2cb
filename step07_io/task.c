/* task.c - a task: a generator with a number. */
#define _POSIX_C_SOURCE 200809L

#include "task.h"

#include <stdlib.h>

struct task *task_new(long tid, struct gen *target)
{
    struct task *task = malloc(sizeof *task);

    if (task == NULL)
        return NULL;
    *task = (struct task){.tid = tid, .target = target, .state = TASK_NOWHERE};
    task->waiters = (struct link){&task->waiters, &task->waiters};
    return task;
}

void task_free(struct task *task)
{
    gen_free(task->target);
    free(task);
}
