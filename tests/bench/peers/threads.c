/* threads.c - prints the ns of a hand-over between a hundred threads in turn, each of which waits
 * for its condition variable. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "../measure.h"

enum { LIVE = 100, NOBODY = -1 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turns[LIVE], done = PTHREAD_COND_INITIALIZER;
static int turn = NOBODY;
static long left, handed; /* hand-overs */

static void *go_round(void *which)
{
    int me = (int)((pthread_cond_t *)which - turns);

    pthread_mutex_lock(&mutex);
    for (;;) {
        while (turn != me)
            pthread_cond_wait(&turns[me], &mutex);
        handed++;
        if (--left == 0) {
            turn = NOBODY;
            pthread_cond_signal(&done);
        } else {
            turn = (me + 1) % LIVE;
            pthread_cond_signal(&turns[turn]);
        }
    }
    return NULL;
}

static void hand_over(void *unused, long n)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    left = n;
    handed = 0;
    turn = 0;
    pthread_cond_signal(&turns[turn]);
    while (turn != NOBODY)
        pthread_cond_wait(&done, &mutex);
    must(handed == n, "handing over is wrong");
    pthread_mutex_unlock(&mutex);
}

int main(void)
{
    struct measured handing = {.run = hand_over};

    for (int i = 0; i < LIVE; i++) {
        pthread_t thread;

        must(pthread_cond_init(&turns[i], NULL) == 0, "cannot make a condition variable");
        must(pthread_create(&thread, NULL, go_round, &turns[i]) == 0, "cannot start a thread");
    }
    measure(&handing, 1);
    printf("%.3f\n", handing.ns);
    return 0; /* which ends the other threads as well */
}
