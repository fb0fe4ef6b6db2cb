/* gen.c - generators: what is not done by the macros and inline functions of gen.h. */
#define _POSIX_C_SOURCE 200809L

#include "gen.h"

#include <stdlib.h>
#include <string.h>

#include "support/story.h"

void *gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop)
{
    struct gen *gen = malloc(size); /* before 2.41, glibc's calloc() passes its cache over */

    if (gen == NULL)
        return NULL;
    *gen = (struct gen){.body = body, .drop = drop, .name = name, .innermost = gen};
    memset(gen + 1, 0, size - sizeof *gen);
    return gen;
}

void gen_free(struct gen *gen)
{
    if (gen == NULL)
        return;
    if (gen->running)
        die("generator %s: freed while it runs", gen->name);
    gen_close(gen);
    if (gen->at != ENDED)
        die("generator %s: yielded while it was closed", gen->name);
    if (gen->drop != NULL)
        gen->drop(gen);
    free(gen);
}

struct value gen_delegate(struct gen *gen, struct value awaited)
{
    struct gen *child = awaited.gen;

    if (awaited.tag != GENERATOR)
        return awaited.tag == ERROR || value_awaitable(awaited)
                   ? awaited
                   : error(TYPE_ERROR, "it cannot be awaited");
    if (child->running)
        return error(VALUE_ERROR, "generator already executing");
    child->running = true;
    child->delegator = gen;
    gen->innermost = child->innermost;
    child->innermost = child;
    return awaited;
}

/* Takes INNER, which has ended or shall, out of the chain of GEN, and frees it. */
static void undelegate(struct gen *gen, struct gen *inner)
{
    if (gen->innermost != inner)
        inner->innermost = gen->innermost; /* it has begun to delegate while it was closed */
    gen->innermost = inner->delegator;
    inner->running = false;
    gen_free(inner);
}

struct value gen_go_on(struct gen *gen, const struct gen *last, struct gen *inner,
                       struct value value)
{
    gen->running = true;
    for (;;) {
        if (inner->innermost != inner) { /* it delegates: begin there */
            struct gen *child = inner->innermost;

            inner->innermost = inner;
            gen->innermost = child;
            value = none();
        } else if (inner->at == ENDED && inner != last) {
            undelegate(gen, inner); /* what it returned or raised is for its delegator */
        } else {
            break;
        }
        inner = gen->innermost;
        if (inner->at != ENDED)
            value = inner->body(inner, value);
    }
    gen->running = false;
    return value;
}

/* Resumes the innermost of the chain of GEN with SENT, until something is yielded, or LAST has
 * ended. */
static struct value run(struct gen *gen, const struct gen *last, struct value sent)
{
    struct gen *inner = gen->innermost;

    gen->running = true;
    if (inner->at != ENDED)
        sent = inner->body(inner, sent);
    return gen_go_on(gen, last, inner, sent);
}

struct value gen_send_slow(struct gen *gen, struct value sent)
{
    if (sent.tag == ERROR)
        return gen_throw(gen, sent);
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at == ENDED)
        return none();
    if (gen->at == 0 && sent.tag != NONE)
        return error(TYPE_ERROR, "can't send non-None value to a just-started generator");
    return run(gen, gen, sent);
}

/* What the closing of GEN has come to, when VALUE has come out of it. */
static struct value closed(const struct gen *gen, struct value value)
{
    if (gen->at == ENDED && value.tag == ERROR && value.code != GENERATOR_EXIT)
        return value;
    value_drop(value);
    return gen->at == ENDED ? none() : error(RUNTIME_ERROR, "generator ignored GeneratorExit");
}

/* Closes all inside GEN, the innermost first. Returns what is to be raised in GEN itself then:
 * THROWN, or what has come out of the closing. */
static struct value close_inner(struct gen *gen, struct value thrown)
{
    const struct value exiting = error(GENERATOR_EXIT, "");
    struct value raised = none();

    while (gen->innermost != gen) {
        struct gen *inner = gen->innermost;

        raised = closed(inner, run(gen, inner, raised.tag == ERROR ? raised : exiting));
        undelegate(gen, inner);
    }
    return raised.tag == ERROR ? raised : thrown;
}

struct value gen_throw(struct gen *gen, struct value thrown)
{
    if (thrown.tag != ERROR)
        return error(TYPE_ERROR, "what is thrown must be an error");
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at <= 0)
        return gen_end(gen, thrown);
    if (thrown.code == GENERATOR_EXIT)
        thrown = close_inner(gen, thrown);
    return run(gen, gen, thrown);
}

struct value gen_close(struct gen *gen)
{
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at <= 0)
        return gen_end(gen, none());
    return closed(gen, run(gen, gen, close_inner(gen, error(GENERATOR_EXIT, ""))));
}

void gen_lost(const struct gen *gen)
{
    die("generator %s: came to its end without RETURN (at %d)", gen->name, gen->at);
}
