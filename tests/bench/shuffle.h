/* shuffle.h - an order in which the machine cannot guess what comes next; each time the same. */
#ifndef SHUFFLE_H
#define SHUFFLE_H

static inline void shuffle(long *all, long n)
{
    unsigned long long random = 88172645463325252ULL; /* xorshift; any number but 0 */

    for (long i = n - 1; i > 0; i--) {
        long j, swapped = all[i];

        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        j = (long)(random % (unsigned long long)(i + 1));
        all[i] = all[j];
        all[j] = swapped;
    }
}

#endif
