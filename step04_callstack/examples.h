/* examples.h - demos of the call stack alone, without a server around it. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

void show_stack(void);
void show_deep(void);

#endif
