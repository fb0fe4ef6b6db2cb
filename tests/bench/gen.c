/* gen.c - measures the generators of step 3. Prints lines:
 *
 *     bare NS                     a bare indirect call, with which all others are compared
 *     gen_send NS                 a value sent to a generator, which yields it
 *     memory_generators B own N   the bytes of a generator that has paused, besides N of its
 *                                 own variables; only where there is /proc
 *
 * NS is the time of a round trip in ns, in the fastest of many short batches. */
#define _POSIX_C_SOURCE 200809L

#include "../../step03_generators/gen.h"

#include "bare.h"
#include "generators.h"

static void send_to_gen(void *gen, long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++)
        sum += gen_send(gen, integer(i)).integer;
    must(sum == n * (n - 1) / 2, "gen_send is wrong");
}

int main(void)
{
    struct value got;
    struct measured all[] = {{.name = "bare", .run = call_bare, .what = &got},
                             {.name = "gen_send", .run = send_to_gen, .what = new_echo()}};

    gen_send(all[1].what, none());
    measure(all, 2);
    gen_free(all[1].what);
    for (int i = 0; i < 2; i++)
        printf("%s %.3f\n", all[i].name, all[i].ns);
    print_memory("generators");
    return 0;
}
