/* gen.h - generators: functions that pause, hand something out, and go on later with what they are
 * sent. Stages 0x02 and 0x05 of the article. The semantics are those of Python 3.11 (PEP 342, and
 * PEP 380 for delegation).
 *
 * A generator is a frame on the heap and a body. The frame is a struct whose first member is a
 * struct gen; its other members are the variables that live on while the generator pauses. The body
 * is a function that begins with a jump to where it paused, its resume point:
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
 *     struct twice *f = gen_new(sizeof *f, "twice", twice_body, NULL);
 *
 * A plain local variable of the body is lost at each YIELD, because the body returns there. */
#ifndef GEN_H
#define GEN_H

#include <stdbool.h>
#include <stddef.h>

#include "value.h"

/* Runs GEN on from its resume point, to the next YIELD or to the end. SENT is what it has been
 * sent. */
typedef struct value gen_body(struct gen *gen, struct value sent);

/* Gives back what the frame of GEN owns, but not the frame. */
typedef void gen_drop(struct gen *gen);

enum { ENDED = -1 }; /* in place of a resume point */

struct gen {
    gen_body *body;
    gen_drop *drop; /* NULL: the frame owns nothing */
    const char *name;
    int at;                /* the resume point: 0 before the start, or ENDED */
    bool running;          /* refuses a send: it runs, or is delegated to */
    struct gen *innermost; /* in the outermost of a chain of delegation: the one that is resumed;
                              in all others, and where there is no chain: itself; and for a moment,
                              in one that begins to delegate: the one to which it does */
    struct gen *delegator; /* who gets what it returns or raises; NULL: who resumes it */
};

/* What has become of a generator that was resumed. */
enum outcome { YIELDED, RETURNED, RAISED };

/* Makes a generator that has not started, whose frame of SIZE bytes is zero behind its struct gen.
 * It belongs to the caller, who hands it on or frees it. NAME is static. Returns NULL without
 * memory. */
void *gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop);

/* Frees GEN in whatever state it is: closes it if it has paused, lets it drop what it owns, exactly
 * once, and frees the frame. Those to whom it delegates are freed before. An error that the cleanup
 * raises is lost: gen_close() before would show it. A generator that is running, or that yields
 * while it is closed, stops the program by its name. NULL is nothing to free. */
void gen_free(struct gen *gen);

/* For gen_send(): when a bare call of the body would not do. */
struct value gen_send_slow(struct gen *gen, struct value sent);

/* For gen_send(), too: VALUE has come out of INNER, the innermost of the chain of GEN. Goes on for
 * as long as generators delegate, and end and have a delegator, until something is yielded, or LAST
 * has ended. This is the call stack of step 4, linked through the generators themselves. */
struct value gen_go_on(struct gen *gen, const struct gen *last, struct gen *inner,
                       struct value value);

/* Resumes GEN with SENT: that is the value of the YIELD at which it paused; an error is thrown. If
 * it delegates, the innermost is resumed, and the others as those inside them end.
 * Returns what it yields, returns or raises; gen_outcome() tells which. One that has ended returns
 * none. The first send must be none (a TYPE_ERROR otherwise). A generator cannot resume itself, and
 * one that is delegated to is resumed through its delegator alone (a VALUE_ERROR). Inline, because
 * it is the whole price of a pause: tests and a call. */
static inline struct value gen_send(struct gen *gen, struct value sent)
{
    struct gen *inner = gen->innermost;
    struct value value;

    if (gen->running || inner->at <= 0 || sent.tag == ERROR)
        return gen_send_slow(gen, sent);
    gen->running = true;
    value = inner->body(inner, sent);
    gen->running = false;
    if (inner->innermost == inner && inner->at != ENDED)
        return value;
    return gen_go_on(gen, gen, inner, value);
}

/* Resumes GEN with THROWN, an error (a TYPE_ERROR otherwise), which is raised at the YIELD at which
 * it paused, or in the innermost to which it delegates; but a GENERATOR_EXIT closes that. Returns
 * as gen_send() does. One that has not started, or has ended, runs nothing, is ended and raises
 * THROWN. */
struct value gen_throw(struct gen *gen, struct value thrown);

/* Ends GEN where it paused: raises GENERATOR_EXIT there, so that its cleanup runs. Returns none,
 * the error that came out instead, or a RUNTIME_ERROR if it yielded. If it delegates, those inside
 * are closed before, and what their closing raises is raised in who delegated to them. Nothing runs
 * in one that has not started or has ended. */
struct value gen_close(struct gen *gen);

/* For YIELD_FROM: GEN, which runs, delegates to AWAITED. Returns what it hands out then; or an
 * error, to be raised, and a generator that is refused stays its owner's. */
struct value gen_delegate(struct gen *gen, struct value awaited);

/* What VALUE, which has just come out of GEN, is. (A refused send is RAISED, too, and ends
 * nothing.) */
static inline enum outcome gen_outcome(const struct gen *gen, struct value value)
{
    if (value.tag == ERROR)
        return RAISED;
    return gen->at == ENDED ? RETURNED : YIELDED;
}

/* For RETURN and RAISE. */
static inline struct value gen_end(struct gen *gen, struct value value)
{
    gen->at = ENDED;
    return value;
}

/* For END: a body came to its end without RETURN, or with a resume point that it does not have. */
_Noreturn void gen_lost(const struct gen *gen);

/* Begins a body whose parameters are called gen and sent. Its arguments are the resume points, one
 * for each YIELD, called after what has happened by then. The switch is over their enum, so that
 * the compiler warns of a YIELD in another switch, and of a resume point without a YIELD. A
 * variable that is declared between BEGIN and END is jumped over when it is resumed. A body ends
 * with RETURN or RAISE. */
#define BEGIN(...)                                                                                 \
    enum points { START, __VA_ARGS__ };                                                            \
    (void)sent;                                                                                    \
    switch ((enum points)gen->at) {                                                                \
    case START:;

#define END                                                                                        \
    }                                                                                              \
    gen_lost(gen);

/* Pauses: hands out the value that comes last. The next send goes on at POINT, and what is sent is
 * put into DEST, a member of the frame; an error that is sent ends the generator, and so does the
 * value if it is one: it is not handed out, but taken for what was sent. POINT is a label as well,
 * for that, and for a debugger: break twice_body:GOT_FIRST. (An optimizer may have moved it.) */
#define YIELD(POINT, DEST, ...)                                                                    \
    do {                                                                                           \
        YIELD_FINALLY(POINT, DEST, __VA_ARGS__);                                                   \
        if (sent.tag == ERROR)                                                                     \
            RAISE(sent);                                                                           \
    } while (0)

/* The same, but an error is caught: it goes into DEST. Not GENERATOR_EXIT: "except Exception". */
#define YIELD_CATCH(POINT, DEST, ...)                                                              \
    do {                                                                                           \
        YIELD_FINALLY(POINT, DEST, __VA_ARGS__);                                                   \
        if (sent.tag == ERROR && sent.code == GENERATOR_EXIT)                                      \
            RAISE(sent);                                                                           \
    } while (0)

/* The same, but whatever is sent goes into DEST: "finally", for one that has to clean up. */
#define YIELD_FINALLY(POINT, DEST, ...)                                                            \
    do {                                                                                           \
        sent = (__VA_ARGS__);                                                                      \
        if (sent.tag == ERROR)                                                                     \
            goto POINT;                                                                            \
        gen->at = POINT;                                                                           \
        return sent;                                                                               \
    case POINT:                                                                                    \
    POINT:                                                                                         \
        (DEST) = sent;                                                                             \
    } while (0)

/* Delegates to what comes last, until that has ended: a generator, which belongs to GEN from now on
 * and takes the place of GEN in all that GEN is sent; or something else that can be awaited, which
 * is yielded, once. DEST gets what it returns, and what it raises is raised here. Anything
 * else is refused (a TYPE_ERROR), and so is one that runs (a VALUE_ERROR). */
#define YIELD_FROM(POINT, DEST, ...)       YIELD(POINT, DEST, gen_delegate(gen, __VA_ARGS__))
#define YIELD_FROM_CATCH(POINT, DEST, ...) YIELD_CATCH(POINT, DEST, gen_delegate(gen, __VA_ARGS__))
#define YIELD_FROM_FINALLY(POINT, DEST, ...)                                                       \
    YIELD_FINALLY(POINT, DEST, gen_delegate(gen, __VA_ARGS__))

/* The same, under the name that it has had since the languages took it in. */
#define AWAIT(POINT, DEST, ...)         YIELD_FROM(POINT, DEST, __VA_ARGS__)
#define AWAIT_CATCH(POINT, DEST, ...)   YIELD_FROM_CATCH(POINT, DEST, __VA_ARGS__)
#define AWAIT_FINALLY(POINT, DEST, ...) YIELD_FROM_FINALLY(POINT, DEST, __VA_ARGS__)

#define RETURN(...) return gen_end(gen, (__VA_ARGS__))
#define RAISE(...)  return gen_end(gen, (__VA_ARGS__))

#endif
