/* value.h - what a generator and its driver hand to each other: a small tagged struct, passed by
 * value. It is the dynamic typing that Python has and that the article's isgenerator(item) relies
 * on. */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>

struct gen;
struct syscall;

enum tag {
    NONE,
    INTEGER,
    TEXT,      /* static, or its producer's: good until the receiver's chain pauses, or sends. One
                  that is returned must not be in the frame, which is freed then */
    GENERATOR, /* it belongs to who receives it */
    SYSCALL,   /* it belongs to who receives it */
    ERROR      /* is raised where it arrives */
};

/* What an error says besides its text: one of these, of which the first are Python's, or the HTTP
 * status (from 400 on) that a gateway answers with. */
enum error_code {
    GENERATOR_EXIT = 1,
    TYPE_ERROR,
    VALUE_ERROR,
    RUNTIME_ERROR,
    NO_SUCH_TASK,
    NO_MEMORY,
    TIMED_OUT,
    IO_ERROR,
};

struct value {
    enum tag tag;
    int code; /* of an ERROR */
    union {
        long integer;
        const char *text; /* of a TEXT, and of an ERROR, where it is static */
        struct gen *gen;
        struct syscall *syscall;
    };
};

/* Gives back what VALUE owns, a generator or a system call, for who does not want it. */
void value_drop(struct value value);

static inline struct value none(void)
{
    return (struct value){.tag = NONE};
}

static inline struct value integer(long n)
{
    return (struct value){.tag = INTEGER, .integer = n};
}

static inline struct value text(const char *s)
{
    return (struct value){.tag = TEXT, .text = s};
}

static inline struct value generator(struct gen *gen)
{
    return (struct value){.tag = GENERATOR, .gen = gen};
}

static inline struct value system_call(struct syscall *syscall)
{
    return (struct value){.tag = SYSCALL, .syscall = syscall};
}

static inline struct value error(int code, const char *s)
{
    return (struct value){.tag = ERROR, .code = code, .text = s};
}

/* Whether VALUE can be delegated to. */
static inline bool value_awaitable(struct value value)
{
    return value.tag == GENERATOR || value.tag == SYSCALL;
}

#endif
