/* chain.h - the chain of the article, for the demos that drive it by hand: func1 calls request, and
 * then func2, which calls request as well. */
#ifndef CHAIN_H
#define CHAIN_H

#include "../gen.h"

/* Makes func1. The caller owns it. */
MUST_USE struct gen *func1(void);

#endif
