/* count.c - is linked to programs whose lines gcov counts, by tests/coverage: fork(), _exit() and
 * kill() are called counted_fork() and so on there.
 *
 * The counts are written by exit() alone. So _exit() has to write them, too, and so has a child
 * that is killed by its parent: a thread of it waits to be told so. Where a test leaves hardly a
 * descriptor, one is kept for writing. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

void __gcov_dump(void); /* these two are gcov's */
void __gcov_reset(void);
_Noreturn void counted_exit(int status);
pid_t counted_fork(void);
int counted_kill(pid_t pid, int number);

static atomic_int kept;

static void give_back(void)
{
    close(atomic_exchange(&kept, -1));
}

__attribute__((constructor)) static void keep_one(void)
{
    int fd = open("/", O_RDONLY);

    kept = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* 0 to 2 are not ours, even if they are closed */
    close(fd);
    atexit(give_back); /* before gcov writes, which is last of all */
}

_Noreturn void counted_exit(int status)
{
    give_back();
    __gcov_dump();
    _exit(status);
}

static void *wait_for_death(void *set)
{
    int number;

    sigwait(set, &number);
    give_back();
    __gcov_dump();
    raise(SIGKILL);
    return NULL;
}

/* The child counts from 0. */
pid_t counted_fork(void)
{
    static sigset_t set;
    pthread_t thread;
    pid_t pid;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pid = fork();
    if (pid == 0) {
        __gcov_reset();
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        pthread_create(&thread, NULL, wait_for_death, &set);
    }
    return pid;
}

int counted_kill(pid_t pid, int number)
{
    return kill(pid, number == SIGKILL ? SIGUSR2 : number);
}
