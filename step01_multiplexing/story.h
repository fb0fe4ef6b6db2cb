/* story.h - what a demo tells: its lines, its timeline, its trace. Support: no lesson needs this
 * file to be read.
 *
 * A story is a row of events. Each belongs to a lane (a request, a task), is printed as one line,
 * and leaves its lane in a new state. The timeline has a column for each event and a row for each
 * lane, so time is the count of events and the picture is the same on every machine. */
#ifndef STORY_H
#define STORY_H

#include <stdbool.h>

/* What a lane does from one event to the next. */
enum state {
    GONE,    /* nothing: not here yet, or finished */
    RUNNING, /* its code runs */
    WAITING, /* it waits, and the thread that served it is free for others */
    BLOCKED, /* it waits, and holds a thread that can do nothing else */
    QUEUED   /* it has come, and nobody has let it in */
};

/* The program's name, for messages. */
extern const char *program;

#ifdef __GNUC__ /* then the compiler checks the arguments of what works like printf() */
#define PRINTF_LIKE(f, first) __attribute__((format(printf, f, first)))
#else
#define PRINTF_LIKE(f, first)
#endif

/* Ends the program: its name and the message on stderr, exit 1. For set-up that failed. */
_Noreturn void die(const char *format, ...) PRINTF_LIKE(1, 2);

/* Prints to stdout as printf() does; ends the program if stdout takes no more. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);

/* Starts a story with its headline. LANE is how its lanes are called: "#%d". */
void story_begin(const char *lane, const char *headline);

/* Puts LANE, a number from 1 on, into STATE, without an event of its own. */
void story_lane(int lane, enum state state);

/* Tells one event: prints "#2 asks the API ..." as the next line, and LANE is in STATE from now on.
 * Does nothing outside a story. Any thread may call it. */
void tell(int lane, enum state state, const char *format, ...) PRINTF_LIKE(3, 4);

/* Whether anybody hears what is told: for a figure that would take time to find out. */
bool story_told(void);

/* Calls LANE by a NAME of its own, which is static, in this story. */
void story_name(int lane, const char *name);

/* LANE runs, and prints a line: an event that is printed as it is. Does nothing outside a story. */
void story_print(int lane, const char *format, ...) PRINTF_LIKE(2, 3);

/* Milliseconds since the first event of the story. */
long story_ms(void);

/* The lanes in the order in which they were finished: "#3 #2 #1". Valid until the next story. */
const char *story_order(void);

/* For a teacher: whether each line of a story waits for Enter; and by what all delays are
 * multiplied. */
extern bool story_pauses;
extern double story_slowness;

/* So many ns of the clock have gone by in such pauses: they do not count. */
extern long long story_paused_ns;

/* The delay MS, as long as it shall be here. */
long story_delay(long ms);

/* Prints the timeline with its legend, which is for servers if nothing else is put here. */
void story_timeline(void);
extern const char *story_legend;

/* Ends the story; what follows is told by say(). */
void story_end(void);

/* What happens inside the program without anybody's doing. As the acts of the outside world do, it
 * can wait for an event of the story. */
enum source { TIMERS, THREADS };

/* Holds SOURCE back until an event is told whose line begins with EVENT, which is static. */
void story_hold(enum source source, const char *event);

/* Whether SOURCE is held back; and waits until it is not. Any thread may call them. */
bool story_holds(enum source source);
void story_wait(enum source source);

/* From now on, each event's line is also written into FD (-1: no more), which stays the caller's,
 * so that the outside world can wait for it. The program ends if nobody reads it any more. */
void story_listener(int fd);

/* In a process that has been forked: what happens here is not told. */
void story_silence(void);

/* Writes each event into FILE as well, as Chrome trace-event JSON, until story_close_trace().
 * Without a story, under "serve", the events go only there. */
void story_open_trace(const char *file);
void story_close_trace(void);

#endif
