/* pthread.c - prints the ns of a round trip between two threads, which hand over with a mutex and a
 * condition variable each. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdbool.h>

#include "../measure.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sent = PTHREAD_COND_INITIALIZER, echoed = PTHREAD_COND_INITIALIZER;
static bool turn_of_echo;
static long passed; /* what they hand to each other */

static void *echo(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    for (;;) {
        while (!turn_of_echo)
            pthread_cond_wait(&sent, &mutex);
        turn_of_echo = false;
        pthread_cond_signal(&echoed);
    }
    return NULL;
}

static void hand_over(void *unused, long n)
{
    long sum = 0;

    (void)unused;
    pthread_mutex_lock(&mutex);
    for (long i = 0; i < n; i++) {
        passed = i;
        turn_of_echo = true;
        pthread_cond_signal(&sent);
        while (turn_of_echo)
            pthread_cond_wait(&echoed, &mutex);
        sum += passed;
    }
    pthread_mutex_unlock(&mutex);
    must(sum == n * (n - 1) / 2, "handing over is wrong");
}

int main(void)
{
    struct measured handing = {.run = hand_over};
    pthread_t thread;

    must(pthread_create(&thread, NULL, echo, NULL) == 0, "cannot start a thread");
    measure(&handing, 1);
    printf("%.3f\n", handing.ns);
    return 0; /* which ends the other thread as well */
}
