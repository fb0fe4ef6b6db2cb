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
    *gen = (struct gen){.body = body, .drop = drop, .name = name};
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

struct value gen_send_slow(struct gen *gen, struct value sent)
{
    if (sent.tag == ERROR)
        return gen_throw(gen, sent);
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at == ENDED)
        return none();
    if (sent.tag != NONE)
        return error(TYPE_ERROR, "can't send non-None value to a just-started generator");
    return gen_resume(gen, sent);
}

struct value gen_throw(struct gen *gen, struct value thrown)
{
    if (thrown.tag != ERROR)
        return error(TYPE_ERROR, "what is thrown must be an error");
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at <= 0)
        return gen_end(gen, thrown);
    return gen_resume(gen, thrown);
}

struct value gen_close(struct gen *gen)
{
    struct value value;

    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at <= 0)
        return gen_end(gen, none());
    value = gen_resume(gen, error(GENERATOR_EXIT, ""));
    value_drop(value);
    if (gen->at != ENDED)
        return error(RUNTIME_ERROR, "generator ignored GeneratorExit");
    return value.tag == ERROR && value.code != GENERATOR_EXIT ? value : none();
}

void gen_lost(const struct gen *gen)
{
    die("generator %s: came to its end without RETURN (at %d)", gen->name, gen->at);
}
