/* examples.h - demos of futures and of delegation alone, without a server around them. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

void show_future(void);
void show_yieldfrom(void);
void show_pep380(void);
void show_deep(void);

#endif
