/* demos.h - the demos. Each is in the file that is named after it. */
#ifndef DEMOS_H
#define DEMOS_H

void demo_blocked(void);
void demo_echo(void);
void demo_gateway(void);
void demo_relay(void);
void demo_deadline(void);
void demo_workers(void);
void demo_limit(void);

#endif
