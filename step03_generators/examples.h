/* examples.h - demos of generators alone, without a server around them. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

void show_send(void);
void show_life(void);
void show_pingpong(void);
void show_pitfall(void);

#endif
