/* gen.h - generators: functions that pause, hand something out, and go on later with what they are
 * sent. Stage 0x02 of the article. They behave as those of Python 3.11 do (PEP 342).
 *
 * A generator is a frame on the heap, and a body. The frame is a struct whose first member is a
 * struct gen; its other members are the variables that live on while the generator is paused. The
 * body is a function that begins with a jump to the place where it has paused, its resume point:
 *
 *     struct twice { struct gen gen; struct value got; };
 *
 *     static struct value twice_body(struct gen *gen, struct value sent)
 *     {
 *         struct twice *f = (struct twice *)gen;
 *
 *         BEGIN(GOT_FIRST, GOT_SECOND)
 *         YIELD(GOT_FIRST, f->got, integer(1));
 *         YIELD(GOT_SECOND, f->got, integer(2));
 *         RETURN(f->got);
 *         END
 *     }
 *
 *     struct gen *gen = gen_new(sizeof(struct twice), "twice", twice_body, NULL);
 *
 * A plain local variable of the body is lost at each YIELD, because the body returns there. */
#ifndef GEN_H
#define GEN_H

#include <stdbool.h>
#include <stddef.h>

#include "value.h"

/* Runs GEN on from its resume point, to the next YIELD or to its end. SENT is what it is sent. */
typedef struct value gen_body(struct gen *gen, struct value sent);

/* Frees what the frame of GEN owns, but not the frame. */
typedef void gen_drop(struct gen *gen);

enum { ENDED = -1 }; /* in place of a resume point */

struct gen {
    gen_body *body;
    gen_drop *drop; /* NULL: the frame owns nothing */
    const char *name;
    const char *points; /* the names of its resume points: "GOT_FIRST, GOT_SECOND" */
    int at;             /* its resume point, counted from 1; 0: it has not begun; or ENDED */
    bool running;       /* nobody may resume or free it now */
    struct gen *inner;  /* the one to which it delegates (await.h); NULL: there is none */
    struct gen *outer;  /* the one that delegates to it; only while it is the inner of that */
    struct gen *top;    /* the innermost of all to whom it delegates; only while it has an inner */
};

/* What has come out of a generator that was resumed. */
enum outcome { YIELDED, RETURNED, RAISED };

/* Makes a generator that has not begun. Its frame has SIZE bytes, which are zero behind the struct
 * gen. The caller owns it, and hands it on or frees it. NAME is static. Returns NULL if memory runs
 * out. */
MUST_USE void *gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop);

/* Frees GEN in whatever state it is: closes it if it has paused, calls its drop, exactly once, and
 * frees the frame. An error that its cleanup raises is lost; gen_close() shows it. A generator that
 * runs, or that yields while it is closed, stops the program by its name. NULL is nothing to free.
 */
void gen_free(struct gen *gen);

/* Resumes GEN with THROWN, an error (else a TYPE_ERROR), which is raised at the YIELD at which it
 * has paused. Returns as gen_send() does. In one that has not begun, or has ended, nothing runs: it
 * is ended, and raises THROWN. */
struct value gen_throw(struct gen *gen, struct value thrown);

/* Ends GEN where it has paused: raises GENERATOR_EXIT there, so that its cleanup runs. Returns
 * none; or the error that came out instead; or a RUNTIME_ERROR if it yielded; or a VALUE_ERROR if
 * it runs. In one that has not begun, or has ended, nothing runs. */
struct value gen_close(struct gen *gen);

/* For gen_close(): what the closing of GEN has come to, when VALUE has come out of it. */
struct value gen_closed(struct gen *gen, struct value value);

/* Writes into OUT where GEN has paused: the name of its resume point, or START or ENDED. */
void gen_where(const struct gen *gen, char *out, size_t size);

/* For gen_send(), where GEN is not paused: it runs, or has not begun, or has ended. */
struct value gen_send_unpaused(struct gen *gen, struct value sent);

/* The innermost to which GEN delegates; GEN itself if it does not. */
static inline struct gen *gen_innermost(struct gen *gen)
{
    return gen->inner == NULL ? gen : gen->top;
}

/* For gen_resume(): closes all to whom GEN delegates, the innermost first. Returns what is raised
 * in GEN then: EXIT, or what has come out of the closing. */
struct value gen_close_inner(struct gen *gen, struct value exit);

/* For gen_resume(): VALUE has come out of TOP, which has delegated further, or has ended. Goes on
 * with the chain of GEN, and returns what comes out of it. */
struct value gen_go_on(struct gen *gen, struct gen *top, struct value value);

/* Runs the body of GEN, or of the innermost to which it delegates: what a send comes to when
 * nothing is in its way. */
static inline struct value gen_resume(struct gen *gen, struct value sent)
{
    struct gen *top;
    struct value value;

    gen->running = true;
    if (sent.tag == ERROR && sent.code == GENERATOR_EXIT)
        sent = gen_close_inner(gen, sent);
    top = gen_innermost(gen);
    value = top->body(top, sent);
    if (top->inner != NULL || (top->at == ENDED && top != gen))
        value = gen_go_on(gen, top, value);
    gen->running = false;
    return value;
}

/* Resumes GEN with SENT: that is the value of the YIELD at which it has paused; an error is raised
 * there. Returns what GEN yields, returns or raises; gen_outcome() tells which. A generator that
 * has ended returns none. The first that it is sent must be none (else a TYPE_ERROR), and it cannot
 * resume itself (a VALUE_ERROR). GEN owns what it is sent; what is refused is freed. */
static inline struct value gen_send(struct gen *gen, struct value sent)
{
    if (gen->running || gen->at <= 0)
        return gen_send_unpaused(gen, sent);
    return gen_resume(gen, sent);
}

/* What VALUE is, which has just come out of GEN. (A send that was refused is RAISED, too, and ends
 * nothing.) */
static inline enum outcome gen_outcome(const struct gen *gen, struct value value)
{
    if (value.tag == ERROR)
        return RAISED;
    return gen->at == ENDED ? RETURNED : YIELDED;
}

/* Begins a body, whose parameters are called gen and sent. Its arguments are the resume points, one
 * for each YIELD, named after what has happened by then. The switch is over their enum, so that the
 * compiler warns of a YIELD in another switch, and of a resume point without a YIELD. A variable
 * that is declared between BEGIN and END is jumped over when the body is resumed. */
#define BEGIN(...)                                                                                 \
    enum points { START, __VA_ARGS__ };                                                            \
    (void)sent;                                                                                    \
    switch ((enum points)gen->at) {                                                                \
    case START:                                                                                    \
        gen->points = #__VA_ARGS__;

/* Ends it. A body that gets here, without RETURN or RAISE, stops the program by its name. */
#define END                                                                                        \
    }                                                                                              \
    gen_lost(gen);

/* Pauses at POINT: hands out the value that comes last, by returning it. The next send jumps to
 * case POINT, and what it brings is in sent. A value that is an error is not handed out: the body
 * goes on at once, as if it had been sent that error. */
#define PAUSE(POINT, ...)                                                                          \
    do {                                                                                           \
        sent = __VA_ARGS__;                                                                        \
        if (sent.tag != ERROR) {                                                                   \
            gen->at = POINT;                                                                       \
            return sent;                                                                           \
        case POINT:;                                                                               \
        }                                                                                          \
    } while (0)

/* Yields: pauses, and puts what is sent into DEST, a member of the frame. An error ends the
 * generator here. */
#define YIELD(POINT, DEST, ...)                                                                    \
    do {                                                                                           \
        PAUSE(POINT, __VA_ARGS__);                                                                 \
        (DEST) = sent;                                                                             \
        if (sent.tag == ERROR)                                                                     \
            RAISE(sent);                                                                           \
    } while (0)

/* The same, but an error goes into DEST, if "except Exception" would catch it. */
#define YIELD_CATCH(POINT, DEST, ...)                                                              \
    do {                                                                                           \
        PAUSE(POINT, __VA_ARGS__);                                                                 \
        (DEST) = sent;                                                                             \
        if (sent.tag == ERROR && !is_exception(sent))                                              \
            RAISE(sent);                                                                           \
    } while (0)

/* The same, but any error goes into DEST, as with "finally": for a body that has to clean up. */
#define YIELD_FINALLY(POINT, DEST, ...)                                                            \
    do {                                                                                           \
        PAUSE(POINT, __VA_ARGS__);                                                                 \
        (DEST) = sent;                                                                             \
    } while (0)

/* End the generator: with a result, which is no error; and with an error, which is nothing else. */
#define RETURN(...) return gen_return(gen, __VA_ARGS__)
#define RAISE(...)  return gen_raise(gen, __VA_ARGS__)

/* For RETURN, RAISE and END. */
struct value gen_return(struct gen *gen, struct value result);
struct value gen_raise(struct gen *gen, struct value raised);
_Noreturn void gen_lost(const struct gen *gen);

#endif
