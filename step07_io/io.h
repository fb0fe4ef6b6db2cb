/* io.h - IO in the scheduler: system calls that park a task until a descriptor is ready or a time
 * has come, and the io task, which wakes it. The tutorial's second part.
 *
 * One task may wait for a descriptor to be readable, and one for it to be writable. A descriptor is
 * closed by Close() or io_close_fd() alone. A deadline is in ms, from 0 on; FOREVER is none. */
#ifndef IO_H
#define IO_H

#include "poller.h"
#include "sched.h"

enum { FOREVER = -1 };

/* Lets SCHED wait for IO by POLLER, and makes the io task. That ends when nobody is ready and
 * nobody waits for IO or a time, and is not made again: so nobody should wait for its end. There is
 * one scheduler with IO in a process. Ends the program without memory. */
void io_open(struct sched *sched, const struct poller *poller);

/* Gives back the memory, after the scheduler has been closed. */
void io_close(void);

/* Closes FD (-1: nothing) at once, for a cleanup, which may not yield: whoever waits for it is
 * woken with an IO_ERROR. */
void io_close_fd(int fd);

/* The task that runs. */
struct task *io_running(void);

/* Parks the caller until FD can be read, or written, or has failed, or the other side has hung up.
 * Gives none; or the error TIMED_OUT after MS; IO_ERROR if FD is closed meanwhile, or is not open;
 * VALUE_ERROR at once if it can be no descriptor or somebody waits for it already. */
MUST_USE struct value ReadWait(int fd, long long ms);
MUST_USE struct value WriteWait(int fd, long long ms);

/* Parks the caller for MS, rounded up. Gives none, or VALUE_ERROR at once for a negative time. */
MUST_USE struct value Sleep(long long ms);

/* Closes FD as io_close_fd() does. Gives none. */
MUST_USE struct value Close(int fd);

/* Makes the caller the owner of FD: it is killed when the other side resets FD while nobody waits
 * for it. A task owns one descriptor at most, and a descriptor has one owner at most. Gives none;
 * or VALUE_ERROR; or IO_ERROR if FD is not open. */
MUST_USE struct value Own(int fd);

#endif
