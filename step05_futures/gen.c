/* gen.c - generators: what is not done by the macros of gen.h. */
#define _POSIX_C_SOURCE 200809L

#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/story.h"

void *gen_new(size_t size, const char *name, gen_body *body, gen_drop *drop)
{
    struct gen *gen = malloc(size);

    if (gen == NULL)
        return NULL;
    memset(gen, 0, size);
    *gen = (struct gen){.body = body, .drop = drop, .name = name, .points = ""};
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
    gen->running = true; /* its drop can neither resume nor free it */
    if (gen->drop != NULL)
        gen->drop(gen);
    free(gen);
}

/* VALUE does not reach a body, and is dropped. Returns ANSWER. */
static struct value refuse(struct value value, struct value answer)
{
    value_drop(value);
    return answer;
}

struct value gen_send_unpaused(struct gen *gen, struct value sent)
{
    if (gen->running)
        return refuse(sent, error(VALUE_ERROR, "generator already executing"));
    if (sent.tag == ERROR)
        return gen_raise(gen, sent);
    if (gen->at == ENDED)
        return refuse(sent, none());
    if (sent.tag != NONE)
        return refuse(sent,
                      error(TYPE_ERROR, "can't send non-None value to a just-started generator"));
    return gen_resume(gen, sent);
}

struct value gen_throw(struct gen *gen, struct value thrown)
{
    if (thrown.tag != ERROR)
        return refuse(thrown, error(TYPE_ERROR, "what is thrown must be an error"));
    return gen_send(gen, thrown);
}

struct value gen_close(struct gen *gen)
{
    if (gen->running)
        return error(VALUE_ERROR, "generator already executing");
    if (gen->at <= 0)
        return gen_return(gen, none());
    return gen_closed(gen, gen_resume(gen, error(GENERATOR_EXIT, "")));
}

struct value gen_closed(struct gen *gen, struct value value)
{
    gen->running = true; /* so that nothing that VALUE owns can free GEN */
    value_drop(value);
    gen->running = false;
    if (gen->at != ENDED)
        return error(RUNTIME_ERROR, "generator ignored GeneratorExit");
    return value.tag == ERROR && value.code != GENERATOR_EXIT ? value : none();
}

struct value gen_return(struct gen *gen, struct value result)
{
    gen->at = ENDED;
    if (result.tag == ERROR)
        return error(TYPE_ERROR, "an error is raised, not returned");
    return result;
}

struct value gen_raise(struct gen *gen, struct value raised)
{
    gen->at = ENDED;
    if (raised.tag != ERROR)
        return refuse(raised, error(TYPE_ERROR, "what is raised must be an error"));
    return raised;
}

void gen_where(const struct gen *gen, char *out, size_t size)
{
    const char *point = gen->at == 0 ? "START" : gen->at == ENDED ? "ENDED" : gen->points;

    for (int i = 1; i < gen->at; i++)
        point = strchr(point, ',') + 1;
    point += strspn(point, " ");
    snprintf(out, size, "%.*s", (int)strcspn(point, ","), point);
}

void gen_lost(const struct gen *gen)
{
    char point[64];

    gen_where(gen, point, sizeof point);
    die("generator %s: came to its end without RETURN (at %s)", gen->name, point);
}
