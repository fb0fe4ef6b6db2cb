/* value.h - what a generator and its driver hand to each other: a small tagged struct, passed by
 * value. It is the dynamic typing that Python has, and on which the article's isgenerator(item)
 * relies. */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>

struct gen;
struct future;

#ifdef __GNUC__ /* then the compiler warns where what has been made is ignored, and so is lost */
#define MUST_USE __attribute__((warn_unused_result))
#else
#define MUST_USE
#endif

enum tag {
    NONE,
    INTEGER,
    TEXT,      /* static, or its producer's: valid until the receiver's next YIELD or send. One that
                  is returned must not be in the frame, which may be freed before it is read */
    GENERATOR, /* the receiver owns it */
    FUTURE,    /* the receiver owns one reference to it */
    ERROR      /* is raised where it arrives */
};

/* What kind of error it is: one of these, which are Python's, or the HTTP status (from 400 on) that
 * a gateway answers with. */
enum error_code {
    GENERATOR_EXIT = 1,
    TYPE_ERROR,
    VALUE_ERROR,
    RUNTIME_ERROR,
    INVALID_STATE,
    CANCELLED,
};

struct value {
    enum tag tag;
    int code; /* of an ERROR */
    union {
        long integer;
        const char *text; /* of a TEXT; of an ERROR, where it is static */
        struct gen *gen;
        struct future *future;
    };
};

/* Frees what VALUE owns, a generator or a reference, for a receiver that does not want it. */
void value_drop(struct value value);

/* The value that hands GEN on; or an error if GEN is NULL, because memory ran out, or if it runs,
 * because a generator that runs is in somebody's hands already. */
MUST_USE struct value generator(struct gen *gen);

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

static inline struct value future(struct future *future)
{
    return (struct value){.tag = FUTURE, .future = future};
}

static inline struct value error(int code, const char *s)
{
    return (struct value){.tag = ERROR, .code = code, .text = s};
}

/* Whether VALUE is awaited by yielding it, once, through all levels to whoever drives the chain. */
static inline bool is_yielded_once(struct value value)
{
    return value.tag == FUTURE;
}

/* Whether VALUE is an error that "except Exception" catches in Python. */
static inline bool is_exception(struct value value)
{
    return value.tag == ERROR && value.code != GENERATOR_EXIT && value.code != CANCELLED;
}

#endif
