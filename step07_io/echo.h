/* echo.h - the tutorial's server: sends back what it reads. */
#ifndef ECHO_H
#define ECHO_H

#include "server.h"

/* Makes the generator that serves a client of the echo server. */
client_maker echo_client;

#endif
