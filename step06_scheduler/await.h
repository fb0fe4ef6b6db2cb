/* await.h - a generator that waits for another by itself: it delegates. Stage 0x05 of the article:
 * yield from, then await. They behave as those of Python 3.11 do (PEP 380). */
#ifndef AWAIT_H
#define AWAIT_H

#include "gen.h"

/* Delegates to what comes last, until that has ended: a generator, which the body's generator owns
 * from now on, and which is sent all that the latter is sent; or what is yielded once (value.h).
 * DEST gets what it returns, and what it raises is raised here. Anything else is refused (a
 * TYPE_ERROR), and so is a generator that runs (a VALUE_ERROR). */
#define YIELD_FROM(POINT, DEST, ...)       YIELD(POINT, DEST, gen_delegate(gen, __VA_ARGS__))
#define YIELD_FROM_CATCH(POINT, DEST, ...) YIELD_CATCH(POINT, DEST, gen_delegate(gen, __VA_ARGS__))
#define YIELD_FROM_FINALLY(POINT, DEST, ...)                                                       \
    YIELD_FINALLY(POINT, DEST, gen_delegate(gen, __VA_ARGS__))

/* The same, under the name that it has had since the languages took it in. */
#define AWAIT(POINT, DEST, ...)         YIELD_FROM(POINT, DEST, __VA_ARGS__)
#define AWAIT_CATCH(POINT, DEST, ...)   YIELD_FROM_CATCH(POINT, DEST, __VA_ARGS__)
#define AWAIT_FINALLY(POINT, DEST, ...) YIELD_FROM_FINALLY(POINT, DEST, __VA_ARGS__)

/* For YIELD_FROM: GEN, which runs, delegates to AWAITED. Returns what it hands out then; or an
 * error to be raised, and a generator that is refused stays its owner's. */
MUST_USE struct value gen_delegate(struct gen *gen, struct value awaited);

#endif
