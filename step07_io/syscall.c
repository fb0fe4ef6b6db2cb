/* syscall.c - system calls. Each is a function that handles it, and one that makes it. */
#define _POSIX_C_SOURCE 200809L

#include "syscall.h"

#include <stdlib.h>

struct value syscall_new(size_t size, void (*handle)(struct syscall *call), struct value arg)
{
    struct syscall *call = malloc(size);

    if (call == NULL) {
        value_drop(arg);
        return error(NO_MEMORY, "out of memory");
    }
    *call = (struct syscall){.handle = handle, .arg = arg};
    return system_call(call);
}

void syscall_handle(struct syscall *call, struct sched *sched, struct task *task)
{
    call->task = task;
    call->sched = sched;
    call->handle(call);
    syscall_free(call);
}

void syscall_free(struct syscall *call)
{
    if (call->is_static)
        return;
    value_drop(call->arg);
    free(call);
}

/* Gives RESULT to the caller, who is ready again. */
static void give(struct syscall *call, struct value result)
{
    sched_schedule(call->sched, call->task, result);
}

static void handle_get_tid(struct syscall *call)
{
    give(call, integer(call->task->tid));
}

struct value GetTid(void)
{
    static struct syscall call = {.handle = handle_get_tid, .is_static = true};

    return system_call(&call);
}

static void handle_yield(struct syscall *call)
{
    give(call, none());
}

struct value Yield(void)
{
    static struct syscall call = {.handle = handle_yield, .is_static = true};

    return system_call(&call);
}

static void handle_new(struct syscall *call)
{
    long tid = sched_new(call->sched, call->arg.gen);

    call->arg = none();
    give(call, tid != 0 ? integer(tid) : error(NO_MEMORY, "out of memory"));
}

struct value New(struct gen *target)
{
    struct value made = generator(target);

    if (made.tag == ERROR)
        return made;
    return syscall_new(sizeof(struct syscall), handle_new, made);
}

static void handle_kill(struct syscall *call)
{
    struct task *victim = sched_find(call->sched, call->arg.integer);
    bool itself = victim == call->task;

    if (victim == NULL) {
        give(call, error(NO_SUCH_TASK, "no such task"));
        return;
    }
    sched_exit(call->sched, victim, none());
    if (!itself)
        give(call, none());
}

struct value Kill(long tid)
{
    return syscall_new(sizeof(struct syscall), handle_kill, integer(tid));
}

static void handle_wait(struct syscall *call)
{
    struct task *wanted = sched_find(call->sched, call->arg.integer);

    if (wanted == NULL)
        give(call, error(NO_SUCH_TASK, "no such task"));
    else if (wanted == call->task)
        give(call, error(VALUE_ERROR, "a task cannot wait for itself"));
    else
        sched_wait(call->sched, call->task, wanted);
}

struct value Wait(long tid)
{
    return syscall_new(sizeof(struct syscall), handle_wait, integer(tid));
}

static void handle_exit(struct syscall *call)
{
    struct value result = call->arg;

    call->arg = none();
    sched_exit(call->sched, call->task, result);
}

struct value Exit(struct value result)
{
    return syscall_new(sizeof(struct syscall), handle_exit, result);
}

struct list_tasks {
    struct syscall call;
    struct task_info *infos;
    long most;
};

static void handle_list_tasks(struct syscall *call)
{
    struct list_tasks *list = (struct list_tasks *)call;
    const struct task *task = NULL;
    long n = 0;

    while (n < list->most && (task = sched_next(call->sched, task)) != NULL)
        list->infos[n++] = (struct task_info){
            .tid = task->tid,
            .state = task->state,
            .waits_for = task->waits_for == NULL ? 0 : task->waits_for->tid,
        };
    give(call, integer(n));
}

struct value ListTasks(struct task_info *infos, long most)
{
    struct value call = syscall_new(sizeof(struct list_tasks), handle_list_tasks, none());

    if (call.tag == SYSCALL) {
        struct list_tasks *list = (struct list_tasks *)call.syscall;

        list->infos = infos;
        list->most = most;
    }
    return call;
}
